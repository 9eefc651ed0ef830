"""Where a database is and who connects to it; shown without its password."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tieout.core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Address:
    """A database and a role that connects to it."""

    host: str
    database: str
    role: str
    password: str = field(repr=False, default="")
    port: int = 5432
    options: tuple[tuple[str, str], ...] = ()
    """Whatever else the address says, such as `sslmode`."""

    @classmethod
    def of(cls, text: str) -> "Address":
        """From a URL or a connection string, as libpq takes them."""
        try:
            parts = {
                name: str(value)
                for name, value in conninfo_to_dict(text).items()
                if value is not None
            }
        except Error as error:
            raise InvalidInput(
                "store.no-server", f"a database address with {error}", "postgresql://…"
            ) from error
        named = {"host", "dbname", "user", "password", "port"}
        return cls(
            parts.get("host", ""),
            parts.get("dbname", "tieout"),
            parts.get("user", ""),
            parts.get("password", ""),
            int(parts.get("port", "5432")),
            tuple(sorted((name, value) for name, value in parts.items() if name not in named)),
        )

    def to(self, database: str) -> "Address":
        """Another database of the same server."""
        return replace(self, database=database)

    @property
    def conninfo(self) -> str:
        """As libpq takes it; holds the password."""
        return make_conninfo(
            host=self.host,
            port=self.port,
            dbname=self.database,
            user=self.role,
            password=self.password or None,
            **dict(self.options),
        )

    @property
    def django(self) -> Mapping[str, object]:
        """As Django's DATABASES takes it."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": str(self.port),
            "NAME": self.database,
            "USER": self.role,
            "PASSWORD": self.password,
            "OPTIONS": dict(self.options),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "TEST": {},
        }
