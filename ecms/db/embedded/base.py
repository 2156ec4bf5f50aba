"""`django.db.backends.postgresql` on the project-local server, started when nothing answers.

DATABASES["default"]["EMBEDDED_DATA_DIR"] names the cluster's directory; HOST and PORT are ignored.
"""

from django.db.backends.postgresql import base, client

from ecms.embedded_pg import PORT, EmbeddedPostgresError, bin_dir, ensure_running, socket_dir


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the wheel's psql: the machine may have none."""

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        sockdir = ensure_running(settings_dict["EMBEDDED_DATA_DIR"])
        reachable = {**settings_dict, "HOST": str(sockdir), "PORT": str(PORT)}
        args, env = super().settings_to_cmd_args_env(reachable, parameters)
        return [str(bin_dir() / cls.executable_name), *args[1:]], env


class DatabaseWrapper(base.DatabaseWrapper):
    """Costs nothing more while the server runs; otherwise one start and one more attempt."""

    client_class = DatabaseClient

    def get_connection_params(self):
        sockdir = socket_dir(self.settings_dict["EMBEDDED_DATA_DIR"])
        return {**super().get_connection_params(), "host": str(sockdir), "port": PORT}

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError as failure:
            if _is_final(failure):
                raise
        self._start_server()
        return super().get_new_connection(conn_params)

    def _start_server(self):
        """Fail as any unreachable server does, so that whoever handles that handles this."""
        try:
            ensure_running(self.settings_dict["EMBEDDED_DATA_DIR"])
        except EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error


def _is_final(failure):
    """Whether the server itself refused (no such database, too many clients), by its message.

    psycopg2 gives no SQLSTATE for a refused connection. "The database system is starting up",
    "shutting down", "in recovery mode" are not final. Asking the socket instead would be wrong:
    another process may have started the server since.
    """
    message = str(failure)
    return "FATAL:" in message and "the database system is" not in message
