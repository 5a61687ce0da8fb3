"""The image platform (影像平台): an account's papers, stored by what they hold, each legal entity's apart.

A file is what its first bytes say, whatever it is called. What is stored is shown with its hash, so that whoever sent
it can see that it arrived; a set that was stored can be printed. A file that is sent again takes the place of the one
of its name; a user of one legal entity sees and stores that entity's papers alone.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unicodedata import category
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from rpa.systems.documents import kind_of
from rpa.systems.door import application
from rpa.systems.records import Records
from rpa.systems.site import Site

__all__ = ["images_application", "stored_path"]

_MOST_FILES, _LARGEST = 20, 20 * 2**20
_SHOWN_SETS = 50
_KINDS: Mapping[str, str] = {"png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf"}
_Sent = list[tuple[str, bytes]]


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
        records,
        {
            ("GET", "/"): platform.home,
            ("GET", "/upload"): platform.form,
            ("POST", "/upload"): platform.upload,
            ("GET", "/sets/{entity}/{filing_id}"): platform.page_set,
            ("GET", "/sets/{entity}/{filing_id}/print"): platform.print_set,
            ("GET", "/files/{entity}/{digest}"): platform.file,
        },
        largest_body=64 * 2**20,
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
        user = self.site.user(request)
        sets = [one for one in self.records.all("set").values() if self.site.may_see(user, one["entity"])]
        dialog = self.site.faults.strikes("dialog", "/")
        return self.site.page("home.html", user=user, sets=sets[-_SHOWN_SETS:], total=len(sets), dialog=dialog)

    async def form(self, request: Request) -> Response:
        user, query = self.site.user(request), self.site.query(request)
        entity = query.get("entity", self.site.entities.get(user, ""))
        return self._upload_page(user, entity, query.get("filing_id", ""), [])

    def _upload_page(self, user: str, entity: str, name: str, faults: list[str], status: int = 200) -> Response:
        return self.site.page("upload.html", status, user=user, faults=faults, entity=entity, filing_id=name)

    async def upload(self, request: Request) -> Response:
        user = self.site.user(request)
        async with request.form(max_files=_MOST_FILES, max_fields=10) as form:
            entity, name = (str(form.get(key, "")).strip() for key in ("entity", "filing_id"))
            files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
            sent = [(_base_name(str(one.filename)), await one.read()) for one in files]
        faults = _refusals(entity, name, sent)
        if not faults and not self.site.may_see(user, entity):
            faults = [f"您没有{entity}的影像权限"]
        if faults:
            return self._upload_page(user, entity, name, faults, 422)
        if self.site.faults.strikes("disk_full", request.url.path):
            return self.site.refusal(507, user, "存储空间不足，影像未保存")
        if self.site.faults.strikes("partial_upload", request.url.path):
            sent = sent[:-1]
        try:
            await self.site.committed(request, lambda: self._store(entity, name, sent, user))
        except OSError:
            return self.site.refusal(507, user, "存储空间不足，影像未保存")
        return RedirectResponse(f"/sets/{quote(entity, safe='')}/{quote(name, safe='')}", 303)

    def _store(self, entity: str, name: str, sent: _Sent, user: str) -> None:
        """Store files first, then the set that names them: a set never names what is not there."""
        pages = [self._store_file(entity, file_name, data) for file_name, data in sent]
        key = f"{entity}/{name}"
        with self.records.together():
            known = self.records.get("set", key) or {"pages": []}
            kept = [page for page in known["pages"] if page["name"] not in {one["name"] for one in pages}]
            value = {"entity": entity, "filing_id": name, "pages": [*kept, *pages], "by": user}
            for page in pages:
                self.records.put("file", f"{entity}/{page['digest']}", {"kind": page["kind"]}, self.site.clock())
            self.records.put("set", key, value, self.site.clock(), "stored")

    def _store_file(self, entity: str, name: str, data: bytes) -> dict[str, Any]:
        if self.site.faults.strikes("wrong_checksum", "/upload"):
            data = data[:-1] + bytes([data[-1] ^ 1])
        digest = hashlib.sha256(data).hexdigest()
        path = stored_path(self.folder, entity, digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_name(f".{digest}.{secrets.token_hex(4)}")
            try:
                half.write_bytes(data)
                half.replace(path)
            finally:
                half.unlink(missing_ok=True)
        return {"name": name, "digest": digest, "size": len(data), "kind": kind_of(data)}

    async def page_set(self, request: Request) -> Response:
        return self._of_set(request, "set.html")

    async def print_set(self, request: Request) -> Response:
        return self._of_set(request, "print.html")

    def _of_set(self, request: Request, template: str) -> Response:
        user, entity, name = self.site.user(request), request.path_params["entity"], request.path_params["filing_id"]
        found = self.records.get("set", f"{entity}/{name}") if self.site.may_see(user, entity) else None
        if found is None:
            return self.site.refusal(404, user, f"没有{entity}的流水号{name}的影像")
        return self.site.page(template, user=user, found=found)

    async def file(self, request: Request) -> Response:
        user, entity, digest = self.site.user(request), request.path_params["entity"], request.path_params["digest"]
        found = self.records.get("file", f"{entity}/{digest}") if self.site.may_see(user, entity) else None
        path = stored_path(self.folder, entity, digest)
        if found is None or not path.is_file():
            return self.site.refusal(404, user, "没有该影像")
        headers = {"X-Content-Type-Options": "nosniff"}
        return Response(path.read_bytes(), media_type=_KINDS[found["kind"]], headers=headers)


def _base_name(name: str) -> str:
    return re.split(r"[/\\]", name)[-1].strip()


def _refusals(entity: str, name: str, sent: _Sent) -> list[str]:
    """Return why an upload is refused, in words; empty if it is not."""
    if not entity or not name:
        return ["请填写法人机构和流水号"]
    if len(entity) > 60 or "/" in entity or any(category(one)[0] == "C" or one == "\ufffd" for one in entity):
        return ["法人机构名称格式错误"]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        return ["流水号应为1至40位字母或数字"]
    if not sent:
        return ["请选择要上传的影像文件"]
    names = [file_name for file_name, _ in sent]
    repeated = sorted({one for one in names if names.count(one) > 1})
    return [f"文件名{one}重复" for one in repeated] + [
        fault for file_name, data in sent if (fault := _file_fault(file_name, data))
    ]


def _file_fault(name: str, data: bytes) -> str:
    kind = kind_of(data)
    if not data:
        return f"文件{name}为空，不予接收"
    if not kind:
        return f"文件{name}不是PNG、JPG或PDF影像，不予接收"
    if not name.lower().endswith((f".{kind}", ".jpeg" if kind == "jpg" else f".{kind}")):
        return f"文件{name}的内容是{kind.upper()}，与扩展名不符，不予接收"
    if len(name) > 120 or any(category(one)[0] == "C" for one in name):
        return "文件名格式错误"
    return f"文件{name}超过20MB，不予接收" if len(data) > _LARGEST else ""
