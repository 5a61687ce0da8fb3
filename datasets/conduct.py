"""What a customer ordinarily does: fills in the device, network, place, card and ages that a row leaves open.

Here a new phone, a journey, a shared device and a college's address become visible in a stream. They are the
honest look-alikes of account take-over, skimming and device farms.
"""

import numpy as np
from numpy.typing import NDArray

from datasets import habits
from datasets.rows import NONE, UNSET, Rows
from datasets.world import World

__all__ = ["DAY", "complete", "is_travelling", "own_device"]

DAY = 86_400
_ON_DEVICE = np.array([channel in ("mobile", "web", "qr") for channel in habits.CHANNELS])
_WITH_CARD = np.array([kind in ("purchase", "withdrawal") for kind in habits.KINDS])


def is_travelling(world: World, customer: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each customer is on the journey at that time, bool of the arrays' shape.

    Examples
    --------
    >>> from datasets.world import build
    >>> world = build(7, 1)
    >>> traveller = np.flatnonzero(np.isfinite(world.people.trip_start))[:1]
    >>> start = (world.people.trip_start[traveller] * DAY).astype(np.int64)
    >>> is_travelling(world, traveller, start + 60).tolist(), is_travelling(world, traveller, start - 60).tolist()
    ([True], [False])
    """
    person = np.minimum(customer, world.persons - 1)
    day = second / DAY
    away = (world.people.trip_start[person] <= day) & (day < world.people.trip_end[person])
    return away & (customer < world.persons)


def own_device(world: World, customer: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the code of the device that each customer uses at that time: a second one after a new phone.

    Examples
    --------
    >>> from datasets.world import build
    >>> own_device(build(7, 1), np.array([1, 500]), np.array([0, 0])).tolist()
    [1, 1000]
    """
    owner = world.people.device_owner[np.minimum(customer, world.persons - 1)]
    is_second = second >= world.people.changed[owner] * DAY
    return np.where(
        customer < world.persons,
        owner + world.persons * is_second,
        world.firm_device(customer - world.persons),
    )


def _own_ip(
    world: World, rng: np.random.Generator, customer: NDArray[np.int64], travelling: NDArray[np.bool_]
) -> NDArray[np.int64]:
    person = np.minimum(customer, world.persons - 1)
    firm = np.maximum(customer - world.persons, 0)
    chance, number = rng.random(len(customer)), rng.integers(0, 8, len(customer))
    # abroad, a phone reaches the bank through a carrier of no fixed town
    town = np.where(travelling, rng.integers(0, world.towns, len(customer)), world.customer_town[customer])
    carrier = world.carrier_ip(town, number)
    ip = np.where((chance < 0.55) & ~travelling, world.people.household[person], carrier)
    at_college = world.people.campus[person] & (chance < 0.75) & ~travelling
    ip = np.where(at_college, world.campus_ip(world.customer_town[customer]), ip)
    # honest people rent addresses too, or a rented one alone would give a gang away
    rented = world.gang_ip(world.customer_town[customer], rng.integers(0, 60, len(customer)))
    ip = np.where(rng.random(len(customer)) < 0.015, rented, ip)
    return np.where(customer < world.persons, ip, world.office_ip(firm))


def _ages(
    world: World, customer: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    person, day = np.minimum(customer, world.persons - 1), second / DAY
    firm = np.maximum(customer - world.persons, 0)
    people, is_person = world.people, customer < world.persons
    opened = np.where(is_person, people.opened[person], -world.firms.founded[firm])
    is_changed = people.changes_sim[person] & (day >= people.changed[person])
    sim = np.where(is_changed, day - people.changed[person], day - people.sim[person])
    account_age = np.maximum(day - opened, 0).astype(np.int64)
    return account_age, np.where(is_person, np.maximum(sim, 0), NONE).astype(np.int64)


def complete(world: World, rng: np.random.Generator, table: Rows) -> Rows:
    """Fill every UNSET value of rows with what the customer ordinarily does; values that are set stay.

    Parameters
    ----------
    world
        The world whose codes the rows hold.
    rng
        Source of chance, for the network address.
    table
        Rows, see `datasets.rows`.

    Examples
    --------
    >>> from datasets import rows, world
    >>> made = complete(world.build(7, 1), np.random.default_rng(1), rows.rows(1, customer=3, channel=3))
    >>> int(made["account"][0]), int(made["place"][0]), bool(made["device"][0] >= 0)
    (3, 0, True)
    """
    customer, second, terminal = table["customer"], table["second"], table["terminal"]
    travelling = is_travelling(world, customer, second)
    person = np.minimum(customer, world.persons - 1)
    on_device = _ON_DEVICE[table["channel"]]
    home = world.town_place[world.customer_town[customer]]
    here = np.where(travelling, world.people.trip_place[person], home)
    at_terminal = world.terminal_place[terminal]
    account_age, sim_age = _ages(world, customer, second)
    account = np.where(table["account"] == UNSET, customer, table["account"])
    of_account = np.where(account < world.persons, account, account - world.customers + world.persons)
    ordinary = {
        "account": customer,
        "card": np.where(_WITH_CARD[table["kind"]] & (customer < world.persons), of_account, NONE),
        "device": np.where(on_device, own_device(world, customer, second), NONE),
        "ip": np.where(on_device, _own_ip(world, rng, customer, travelling), NONE),
        "place": np.where((terminal >= 0) & (at_terminal >= 0), at_terminal, here),
        "account_age": account_age,
        "sim_age": sim_age,
    }
    filled = {name: np.where(table[name] == UNSET, value, table[name]) for name, value in ordinary.items()}
    return {**table, **filled}
