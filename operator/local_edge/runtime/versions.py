"""The code of versions: of stored ones, and of uploads before they are stored."""

from local_edge.runtime.code import ACCOUNT_OWNER, Owner, code_of
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.scripts import ACCOUNT, Scripts
from local_edge.storage.versions import ScriptVersion

Code = dict[str, object]
"""What the host needs to load a version, as JSON."""


class VersionSource:
    """`newest_date` is the newest compatibility date that workerd supports; it replaces newer ones."""

    def __init__(self, scripts: Scripts, namespaces: DispatchNamespaces, newest_date: str) -> None:
        self._scripts = scripts
        self._namespaces = namespaces
        self._newest_date = newest_date

    def uploaded(self, version: ScriptVersion, namespace: str) -> Code:
        """Return the code of a version that is not stored."""
        return code_of(version, self._owner(namespace, ""), newest_date=self._newest_date)

    def stored(self, version_id: str) -> Code | None:
        """Return the code of a stored version, or None if there is none of this id."""
        versions = self._scripts.versions
        version, script = versions.get(version_id), versions.owner_of(version_id)
        if version is None or script is None:
            return None
        return code_of(version, self._owner(*script), newest_date=self._newest_date)

    def _owner(self, namespace: str, script: str) -> Owner:
        found = None if namespace == ACCOUNT else self._namespaces.get(namespace)
        return Owner(found.id, found.trusted, script) if found else ACCOUNT_OWNER
