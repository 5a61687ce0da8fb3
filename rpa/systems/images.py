"""The image platform (影像平台): an account's papers, stored by what they hold, each legal entity's apart.

A file is what its first bytes say, whatever it is called. What is stored is shown with its hash, so that whoever sent
it can see that it arrived; a set that was stored can be printed.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.systems.documents import kind_of
from rpa.systems.records import Records
from rpa.systems.site import Site, application

__all__ = ["images_application", "stored_path"]

_MOST_FILES, _LARGEST = 20, 20 * 2**20


def images_application(site: Site, records: Records, folder: Path) -> ASGIApp:
    """Return the application.

    Parameters
    ----------
    site
        Named `images`.
    records
        Which pages belong to which account.
    folder
        Where the files lie.
    """
    platform = _Images(site, records, folder)
    return application(
        site,
        {
            ("GET", "/"): platform.home,
            ("GET", "/upload"): platform.form,
            ("POST", "/upload"): platform.upload,
            ("GET", "/sets/{entity}/{filing_id}"): platform.page_set,
            ("GET", "/files/{entity}/{digest}"): platform.file,
        },
    )


def stored_path(folder: Path, entity: str, digest: str) -> Path:
    """Return where a file of an entity lies: by the hash of its content, in the entity's own folder.

    Examples
    --------
    >>> stored_path(Path("store"), "陇上银行", "ab" * 32).parent.name
    'ab'
    """
    own = hashlib.sha256(entity.encode()).hexdigest()[:16]
    return folder / own / digest[:2] / digest


class _Images:
    def __init__(self, site: Site, records: Records, folder: Path) -> None:
        self.site, self.records, self.folder = site, records, folder

    async def home(self, request: Request) -> Response:
        user, sets = self.site.user(request), list(self.records.all("set").values())
        return self.site.page("home.html", user=user, sets=sets[-50:], dialog=self.site.faults.strikes("dialog"))

    async def form(self, request: Request) -> Response:
        query: dict[str, Any] = {name: request.query_params.get(name, "") for name in ("entity", "filing_id")}
        return self.site.page("upload.html", user=self.site.user(request), message="", **query)

    async def upload(self, request: Request) -> Response:
        user = self.site.user(request)
        async with request.form(max_files=_MOST_FILES, max_fields=10) as form:
            entity, name = (str(form.get(key, "")).strip() for key in ("entity", "filing_id"))
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
            sent = [(str(one.filename), await one.read()) for one in files]
        message = self._refusal(entity, name, sent)
        if message:
            return self.site.page("upload.html", 422, user=user, message=message, entity=entity, filing_id=name)
        if self.site.faults.strikes("partial_upload"):
            sent = sent[:-1]
        pages = [self._store(entity, file_name, data) for file_name, data in sent]
        known = self.records.get("set", f"{entity}/{name}") or {"pages": []}
        kept = [page for page in known["pages"] if page["name"] not in {one["name"] for one in pages}]
        value = {"entity": entity, "filing_id": name, "pages": [*kept, *pages], "by": user}
        self.records.put("set", f"{entity}/{name}", value, self.site.now(), "stored")
        return RedirectResponse(f"/sets/{quote(entity)}/{quote(name)}", 303)

    @staticmethod
    def _refusal(entity: str, name: str, sent: list[tuple[str, bytes]]) -> str:
        if not entity or not name:
            return "请填写法人机构和流水号"
        if not sent:
            return "请选择要上传的影像文件"
        for file_name, data in sent:
            kind = kind_of(data)
            if not kind:
                return f"文件{file_name}不是PNG、JPG或PDF影像，不予接收"
            if not file_name.lower().endswith((kind, "jpeg" if kind == "jpg" else kind)):
                return f"文件{file_name}的内容是{kind.upper()}，与扩展名不符，不予接收"
            if len(data) > _LARGEST:
                return f"文件{file_name}超过20MB，不予接收"
        return ""

    def _store(self, entity: str, name: str, data: bytes) -> dict[str, Any]:
        if self.site.faults.strikes("wrong_checksum"):
            data = data[:-1] + bytes([data[-1] ^ 1])
        digest = hashlib.sha256(data).hexdigest()
        path = stored_path(self.folder, entity, digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(data)
        return {"name": name, "digest": digest, "size": len(data), "kind": kind_of(data)}

    async def page_set(self, request: Request) -> Response:
        user, entity, name = self.site.user(request), request.path_params["entity"], request.path_params["filing_id"]
        found = self.records.get("set", f"{entity}/{name}")
        if found is None:
            return self.site.page("missing.html", 404, message=f"没有{entity}的流水号{name}的影像")
        return self.site.page("set.html", user=user, found=found)

    async def file(self, request: Request) -> Response:
        self.site.user(request)
        entity, digest = request.path_params["entity"], request.path_params["digest"]
        owned = {page["digest"]: page for one in self._sets(entity) for page in one["pages"]}
        if digest not in owned:
            return self.site.page("missing.html", 404, message="没有该影像")
        kinds: Mapping[str, str] = {"png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf"}
        data = stored_path(self.folder, entity, digest).read_bytes()
        return Response(data, media_type=kinds[owned[digest]["kind"]])

    def _sets(self, entity: str) -> list[dict[str, Any]]:
        return [one for one in self.records.all("set").values() if one["entity"] == entity]
