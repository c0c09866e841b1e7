"""What every answer of QuickBooks has: headers, and how it words trouble of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from flask import Response

from simulator.frame.world import World

from . import wire

JSON = "application/json;charset=UTF-8"
HTML = "text/html"


def finished(world: World, response: Response) -> Response:
    """The headers of every answer: a trace id to quote to support, the server's date, its version."""
    now_ms = world.clock.now_ms()
    response.headers["intuit_tid"] = f"1-{now_ms // 1000:08x}-{secrets.token_hex(12)}"
    response.headers["Date"] = formatdate(now_ms / 1000, usegmt=True)
    response.headers["QBO-Version"] = "1987.208"
    response.headers["Server"] = "nginx"
    return response


def trouble(status: int) -> Response:
    """500 answers as the application does, other failures as the proxy in front of it: in HTML."""
    if status == 500:
        error = {
            "Message": "An application error has occurred while processing your request",
            "Detail": "System Failure Error: java.lang.NullPointerException",
            "code": "10000",
            "element": "",
        }
        return Response(wire.dumps({"Fault": {"Error": [error], "type": "SystemFault"}}), 500, content_type=JSON)
    reasons = {404: "Not Found", 502: "Bad Gateway", 503: "Service Temporarily Unavailable", 504: "Gateway Time-out"}
    title = f"{status} {reasons.get(status, 'Error')}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(page, status, content_type=HTML)


def plain_json(body: Mapping[str, Any], status: int = 200) -> Response:
    """JSON outside the books: tokens, discovery, keys."""
    text = json.dumps(body, separators=(",", ":"))
    response = Response(text, status, content_type="application/json;charset=UTF-8")
    response.headers["Cache-Control"] = "no-cache, no-store"
    return response
