"""The description of the interface (接口说明), made from `fraud.schema`, so that it cannot say other than what is read.

Source: OpenAPI Specification 3.1.1; the schemas are JSON Schema 2020-12.
"""

from collections.abc import Mapping
from typing import Any

from fraud.costs import ACTIONS, ACTIONS_ZH
from fraud.schema import COLUMNS, LABEL, REQUIRED, Column

__all__ = ["event_schema", "openapi"]

_TIME = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?$"
_JSON, _PROBLEM = "application/json", "application/problem+json"


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema of an event.

    Examples
    --------
    >>> schema = event_schema()
    >>> schema["required"]
    ['transaction_id', 'occurred_at', 'customer_id', 'amount_fen']
    >>> schema["properties"]["amount_fen"]["type"]
    ['integer', 'null']
    """
    required = ["transaction_id", *REQUIRED]
    return {
        "type": "object",
        "description": "A payment; what is not known is left out or null. 一笔交易",
        "required": required,
        "additionalProperties": False,
        "properties": {entry.name: _field(entry) for entry in COLUMNS if entry.name != LABEL},
    }


def _field(entry: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"description": f"{entry.meaning} · {entry.meaning_zh}"}
    if entry.kind in ("money", "number"):
        told |= {"type": ["integer" if entry.kind == "money" else "number", "null"]}
        told |= {} if entry.lowest is None else {"minimum": entry.lowest}
        return told | ({} if entry.highest is None else {"maximum": entry.highest})
    if entry.kind == "flag":
        return told | {"enum": [0, 1, None]}
    if entry.kind == "time":
        return told | {"type": ["string", "null"], "pattern": _TIME, "examples": ["2026-03-01T09:30:00"]}
    return told | {"type": ["string", "null"], "minLength": 1, "maxLength": 128}


def _decision_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "The one decision on an event, as it is kept in the log. 决策",
        "required": ["event_id", "action", "action_name", "probability", "hits", "reasons", "rulebook", "degraded"],
        "properties": {
            "event_id": text,
            "action": {"type": "integer", "minimum": 0, "maximum": 3},
            "action_name": {"enum": list(ACTIONS)},
            "action_name_zh": {"enum": list(ACTIONS_ZH)},
            "probability": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "欺诈概率"},
            "hits": {"type": "array", "items": text, "description": "rules that were hit · 命中规则"},
            "reasons": {"type": "array", "items": _REASON, "description": "why, the weightiest first · 原因"},
            "rulebook": {"type": "string", "description": "version of the rulebook · 规则集版本"},
            "model": {"type": "string", "description": "version of the model; empty if there is none · 模型版本"},
            "degraded": {"type": "boolean", "description": "whether rules and lists alone decided · 是否降级"},
            "why": {"type": "string", "description": "for what reason they did · 降级原因"},
        },
    }


_REASON = {
    "type": "object",
    "required": ["code", "text", "text_zh", "strength"],
    "properties": {
        **{name: {"type": "string"} for name in ("code", "text", "text_zh")},
        "strength": {"type": "number"},
    },
}
_PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457; `field` names what was wrong",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "title_zh", "detail", "field")},
        "status": {"type": "integer"},
    },
}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(said: str, schema: Mapping[str, Any] | None = None, kind: str = _JSON) -> dict[str, Any]:
    return {"description": said} | ({"content": {kind: {"schema": schema}}} if schema is not None else {})


def _problems(*statuses: int) -> dict[str, Any]:
    said = {
        400: "not JSON", 403: "asked from another site", 404: "not decided", 409: "other content under the same number",
        413: "body too large", 415: "wrong Content-Type", 422: "a field is not what it must be; it is named",
    }  # fmt: skip
    told = {str(status): _answer(said[status], _reference("Problem"), _PROBLEM) for status in statuses if status != 503}
    if 503 in statuses:
        over = _answer("over the declared capacity, or closing down", _reference("Problem"), _PROBLEM)
        retry = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
        told["503"] = over | {"headers": retry}
    return told


def _operation(name: str, summary: str, answers: Mapping[str, Any], body: Any = None, kind: str = _JSON) -> Any:
    told: dict[str, Any] = {"operationId": name, "summary": summary, "responses": answers}
    return told | ({"requestBody": {"required": True, "content": {kind: {"schema": body}}}} if body else {})


def _batch(most_events: int) -> dict[str, Any]:
    one_of = {"anyOf": [_reference("Decision"), _reference("Problem")]}
    sent = {"type": "array", "items": _reference("Event"), "minItems": 1, "maxItems": most_events}
    body = {"type": "object", "required": ["events"], "properties": {"events": sent}}
    answer = {
        "type": "object",
        "required": ["decisions"],
        "properties": {"decisions": {"type": "array", "items": one_of}},
    }
    said = _answer("for each event, in the same order, its decision or its problem", answer)
    return {
        "post": _operation(
            "decideBatch",
            "Decide several events · 批量决策",
            {"200": said} | _problems(400, 403, 413, 415, 422, 503),
            body,
        )
    }


def openapi(most_events: int = 1_000) -> dict[str, Any]:
    """Return the document.

    Parameters
    ----------
    most_events
        Events of the largest batch.

    Examples
    --------
    >>> sorted(openapi()["paths"])[:3]
    ['/healthz', '/openapi.json', '/v1/decisions']
    """
    schemas = {"Event": event_schema(), "Decision": _decision_schema(), "Problem": _PROBLEM_SCHEMA}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Hexi: anti-fraud decisions · 反欺诈决策",
            "version": "1",
            "description": "One decision for each event id, kept before it is told; sent again, it is told again.",
        },
        "paths": _decision_paths(most_events) | _rulebook_path() | _watching_paths(),
        "components": {"schemas": schemas},
    }


def _decision_paths(most_events: int) -> dict[str, Any]:
    decision = _answer("the decision", _reference("Decision"))
    one = {"200": decision} | _problems(400, 403, 409, 413, 415, 422, 503)
    past = {"200": decision} | _problems(403, 404)
    event_id = {"name": "event_id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/v1/decisions": {"post": _operation("decide", "Decide an event · 单笔决策", one, _reference("Event"))},
        "/v1/decisions/batch": _batch(most_events),
        "/v1/decisions/{event_id}": {
            "parameters": [event_id],
            "get": _operation("findDecision", "Return a past decision · 查询决策", past),
        },
    }


def _rulebook_path() -> dict[str, Any]:
    there = {"200": _answer("what decides now", {"type": "object"})}
    swapped = there | _problems(400, 403, 413, 415, 422)
    put = _operation(
        "swapRulebook", "Put a rulebook in force · 切换规则集", swapped, {"type": "string"}, "application/toml"
    )
    return {"/v1/rulebook": {"get": _operation("rulebook", "Which one is in force · 当前规则集", there), "put": put}}


def _watching_paths() -> dict[str, Any]:
    said = {
        "/v1/metrics": ("metrics", "Rates and latencies, or text for Prometheus where asked for · 运行指标"),
        "/healthz": ("health", "Whether it decides · 健康检查"),
        "/openapi.json": ("description", "This document · 接口说明"),
    }
    paths = {
        path: {"get": _operation(name, summary, {"200": _answer(name, {"type": "object"})} | _problems(403, 503))}
        for path, (name, summary) in said.items()
    }
    events = _answer("server-sent events", {"type": "string"}, "text/event-stream")
    live = _operation("live", "What the live page shows · 实时推送", {"200": events} | _problems(403, 503))
    return paths | {"/v1/live": {"get": live}}
