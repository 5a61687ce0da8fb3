"""Signals of terminals taken from a table of fingerprints: what each says of itself, and how many stand beside it.

One emulated phone is a developer's; twenty phones of one model with one still accelerometer at one address are a farm.
What a table cannot tell (whether an address is a campus's or a company's, how long a customer has had a device) is
known to the bank and joined to these columns before they are judged.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fraud.errors import IdentityInputError
from fraud.identity.threats import GRADES, ThreatPolicy, first_policy

__all__ = ["OWN_SIGNALS", "grades_of", "signals_of"]

OWN_SIGNALS = (
    *("root_files", "root_hidden", "system_writable", "attestation_failed", "developer_mode", "emulator_files"),
    *("battery_is_constant", "no_telephony", "hook_library", "app_signature_wrong", "debugger", "proxy"),
    *("hosting_network", "time_zone_differs", "company_network", "campus_network", "branch_device"),
    *("customer_days", "accounts_on_device"),
)
"""Columns that are signals as they stand."""
_FEW = 5
"""So many devices of one hardware beside each other ask for an explanation: they may come from one shop's sale."""
_STILL = 100
"""An accelerometer whose offset varies by less than so many millionths of g lies in a rack, or is none."""


def signals_of(frame: pd.DataFrame, device: "pd.Series[int]") -> pd.DataFrame:
    """Return the signals of each device, NaN where nothing is known.

    Parameters
    ----------
    frame
        Fingerprints (see `fraud.identity.attributes`) with any of `OWN_SIGNALS`.
    device
        Which device each row is, as `DeviceMatcher.devices` finds it.

    Returns
    -------
    DataFrame
        One row for each device: the largest value of each own signal; `similar_devices`, how many other devices of its
        hardware were seen where it was seen; `sold_together`, whether such a device has a home of its own all the same;
        `sensor_is_constant`.

    Raises
    ------
    IdentityInputError
        If the two have different lengths.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["A"] * 6, "ip": ["1"] * 6, "emulator_files": [1, 0, 0, 0, 0, 0]})
    >>> signals_of(frame, pd.Series([0, 0, 1, 2, 3, 4])).loc[0].to_dict()
    {'emulator_files': 1.0, 'similar_devices': 4.0, 'sold_together': nan, 'sensor_is_constant': nan}
    """
    if len(frame) != len(device):
        raise IdentityInputError(f"{len(device)} devices were given for {len(frame)} fingerprints; one for each row")
    key = np.asarray(device, dtype=np.int64)
    own = [name for name in OWN_SIGNALS if name in frame]
    made = frame[own].astype("float64").groupby(key).max()
    made["similar_devices"] = _similar(frame, key).reindex(made.index)
    made["sold_together"] = _has_home(frame, key).reindex(made.index).where(made["similar_devices"] >= _FEW)
    made["sensor_is_constant"] = np.nan
    if "sensor" in frame:
        sensor = frame["sensor"].astype("float64").groupby(key)
        spread, count = sensor.max() - sensor.min(), sensor.count()
        made["sensor_is_constant"] = (spread < _STILL).astype("float64").where(count >= 3)
    return made.rename_axis("device")


def _similar(frame: pd.DataFrame, key: NDArray[np.int64]) -> "pd.Series[float]":
    """Count the other devices of one hardware at one address, the most over a device's addresses.

    An address counts only where half of its devices are of this hardware: behind a carrier's gateway stand all models.
    """
    if "ip" not in frame:
        return pd.Series(dtype="float64")
    hardware = [name for name in ("os", "model", "gpu", "screen", "storage_gb") if name in frame]
    seen = frame[[*hardware, "ip"]].assign(device=key).dropna().drop_duplicates()
    others = seen.groupby([*hardware, "ip"])["device"].transform("nunique") - 1
    all_there = seen.groupby("ip")["device"].transform("nunique")
    alike = others.where(2 * (others + 1) >= all_there, 0)
    return alike.astype("float64").groupby(seen["device"]).max()


def _has_home(frame: pd.DataFrame, key: NDArray[np.int64]) -> "pd.Series[float]":
    """Tell of each device whether it was seen twice at an address where no other device was ever seen."""
    if "ip" not in frame:
        return pd.Series(dtype="float64")
    seen = frame[["ip"]].assign(device=key).dropna()
    seen = seen.groupby(["ip", "device"]).size().rename("times").reset_index()
    alone = seen.groupby("ip")["device"].transform("size") == 1
    return (alone & (seen["times"] >= 2)).astype("float64").groupby(seen["device"]).max()


def grades_of(signals: pd.DataFrame, policy: ThreatPolicy | None = None) -> pd.DataFrame:
    """Grade every threat of every device, as ordered categories; the index is that of the signals.

    Examples
    --------
    >>> signals = pd.DataFrame({"hook_library": [1.0, 0.0], "similar_devices": [0.0, 14.0]})
    >>> grades_of(signals)[["hook", "farm"]].values.tolist()
    [['likely', 'none'], ['none', 'likely']]
    """
    chosen = policy or first_policy()
    rows = [
        {threat.id: threat.grade for threat in chosen.judge(dict(zip(signals.columns, map(float, row), strict=True)))}
        for row in signals.to_numpy(np.float64).tolist()
    ]
    dtype = pd.CategoricalDtype(list(GRADES), ordered=True)
    return pd.DataFrame(rows, index=signals.index, columns=list(chosen.names)).astype(dtype)
