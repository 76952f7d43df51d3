"""How Azure's storage is reached: its own programs take a connection string, Lance takes names one by one."""

from __future__ import annotations

import os

AZURE = ("az", "abfs", "abfss")  # schemes
_IN_A_CONNECTION_STRING = {
    "accountname": "account_name",
    "accountkey": "account_key",
    "sharedaccesssignature": "sas_token",
    "blobendpoint": "azure_endpoint",
}


def azure_options() -> dict[str, str]:
    """Return how Lance reaches Azure's storage, which does not know of connection strings."""
    parts = (part.strip().partition("=") for part in (connection_string() or "").split(";"))
    said = {_IN_A_CONNECTION_STRING.get(name.lower(), ""): value for name, _, value in parts if value}
    said.pop("", None)
    return {**said, "allow_http": "true"} if said.get("azure_endpoint", "").startswith("http://") else said


def connection_string() -> str | None:
    """Return by what Azure's storage is reached: what is said, or made of what Lance takes: an endpoint and a key."""
    names = ("CONNECTION_STRING", "ENDPOINT", "ACCOUNT_NAME", "ACCOUNT_KEY")
    said, endpoint, account, key = (os.environ.get(f"AZURE_STORAGE_{name}") for name in names)
    if said or not (endpoint and account and key):
        return said
    return f"BlobEndpoint={endpoint};AccountName={account};AccountKey={key}"
