"""The refusals of QuickBooks: one exception, and a named constructor for each code that more than one module raises."""

from __future__ import annotations

from typing import Any

VALIDATION = "ValidationFault"
SYSTEM = "SystemFault"
AUTHENTICATION = "AuthenticationFault"
AUTHORIZATION = "AuthorizationFault"


class Fault(Exception):
    """A request that is refused. Nothing has changed in the company when it leaves `Company.writing()`."""

    def __init__(
        self,
        code: str,
        message: str,
        detail: str | None = None,
        element: str | None = "",
        http_status: int = 400,
        kind: str = VALIDATION,
    ) -> None:
        super().__init__(f"{code} {message}: {detail}")
        self.code = code
        self.message = message
        self.detail = detail
        self.element = element
        self.http_status = http_status
        self.kind = kind

    def body(self) -> dict[str, Any]:
        """The `Fault` object as it stands in an answer or in a batch item."""
        error: dict[str, Any] = {"Message": self.message}
        if self.detail is not None:
            error["Detail"] = self.detail
        error["code"] = self.code
        if self.element is not None:
            error["element"] = self.element
        return {"Error": [error], "type": self.kind}


def unsupported_operation(detail: str) -> Fault:
    return Fault("500", "Unsupported Operation", detail, None)


def not_modelled(feature: str) -> Fault:
    """What the simulator does not model it refuses, naming the feature (README lists them)."""
    return Fault("500", "Unsupported Operation", f"The simulator does not model this: {feature}", None, 501)


def not_found(
    detail: str = "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees.",
) -> Fault:
    return Fault("610", "Object Not Found", detail)


def deleted_by_another() -> Fault:
    return not_found("Object Not Found : Another user has deleted this transaction.")


def unknown_id() -> Fault:
    return not_found("Object Not Found : The object with this id does not exist in the company.")


def stale(name: str) -> Fault:
    return Fault(
        "5010",
        "Stale Object Error",
        f"Stale Object Error : You and {name} were working on this at the same time. "
        f"{name} finished before you did, so your work was not saved.",
    )


def missing(parameter: str) -> Fault:
    return Fault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        f"Required parameter {parameter} is missing in the request",
        parameter,
    )


def unknown_property(name: str, type_name: str, known: list[str]) -> Fault:
    """Long, and cut off after some sixty names, as recorded."""
    shown = ", ".join(f'"{each}"' for each in known[:57])
    cut = ", [truncated]" if len(known) > 57 else ""
    return Fault(
        "2010",
        "Request has invalid or unsupported property",
        f'Property Name:Unrecognized field "{name}" (class com.intuit.schema.finance.v3.{type_name}), '
        f"not marked as ignorable ({len(known)} known properties: {shown}{cut}])\n specified is unsupported or invalid",
        None,
    )


def bad_id(supplied: object) -> Fault:
    return Fault("2030", "Invalid ID", f"Id should be a valid number. Supplied value:{supplied}", "Id")


def bad_string(element: str, detail: str) -> Fault:
    return Fault("2040", "Invalid String", detail, element)


def too_long(element: str, limit: int, supplied: int) -> Fault:
    return Fault(
        "2050",
        "Invalid String Length",
        "String length specified does not match the supported length. "
        f"Min:0 Max:{limit} supported. Supplied length:{supplied}",
        element,
    )


def bad_date(element: str, supplied: object) -> Fault:
    return Fault(
        "2060", "Invalid Date", f"Invalid Date : {element} should be YYYY-MM-DD. Supplied value:{supplied}", element
    )


def bad_datetime(element: str, supplied: object) -> Fault:
    return Fault("2070", "Invalid Date Time", f"Invalid Date Time : {element}. Supplied value:{supplied}", element)


def bad_number(element: str, supplied: object) -> Fault:
    return Fault("2080", "Invalid Number", f"{element} should be a valid number. Supplied value:{supplied}", element)


def bad_type(element: str, supplied: object) -> Fault:
    return Fault("2120", "Invalid Type", f"Invalid Type : {element}. Supplied value:{supplied}", element)


def bad_enumeration(element: str, supplied: object) -> Fault:
    return Fault("2170", "Invalid Enumeration", f"Invalid Enumeration : {supplied}", element)


def bad_email(element: str = "PrimaryEmailAddr") -> Fault:
    return Fault(
        "2210",
        "Email Address does not conform to the standard format",
        "Invalid Email Address format : Email Address does not conform to the standard format",
        element,
    )


def bad_currency(supplied: object) -> Fault:
    return Fault("2220", "Invalid Currency Type", f"Invalid Currency Type : {supplied}", "CurrencyRef")


def bad_reference(plural: str, value: object) -> Fault:
    """`Accounts`, `Names` (customers, vendors, employees), `Klasses`, `Depts`, `Items` ..."""
    return Fault("2500", "Invalid Reference Id", f"Invalid Reference Id : {plural} element id {value} not found")


def inactive_reference(plural: str, value: object) -> Fault:
    return Fault(
        "2500",
        "Invalid Reference Id",
        "Invalid Reference Id : Something you're trying to use has been made inactive. Check the fields with "
        f"accounts, customers, items, vendors or employees. : {plural} element id {value}",
    )


def business(text: str, element: str = "") -> Fault:
    """6000; the text after the colon is the message people read."""
    return Fault(
        "6000",
        "A business validation error has occurred while processing your request",
        f"Business Validation Error: {text}",
        element,
    )


def not_in_plan(feature: str) -> Fault:
    return Fault("5030", "Feature Not Supported Error", f"Feature Not Supported Error : {feature}")


def duplicate_name(detail: str) -> Fault:
    return Fault("6240", "Duplicate Name Exists Error", detail, None)
