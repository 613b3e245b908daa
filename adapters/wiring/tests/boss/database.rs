//! A database of its own on the PostgreSQL of the tests.
#![allow(dead_code, reason = "a bench makes one, too, and sends nobody away")]

use std::process::Command;

/// Empty when it is made.
pub(crate) struct Database {
    /// The address of another database of the server.
    url: String,
    name: String,
}

impl Database {
    pub(crate) fn new() -> Database {
        let url = std::env::var("IMG_TEST_POSTGRES_URL").expect(
            "IMG_TEST_POSTGRES_URL is not set: run the tests by `make test`, which starts a PostgreSQL",
        );
        let database = Database { url, name: format!("img_{}", uuid::Uuid::new_v4().simple()) };
        database.say(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Returns the `[db]` that names it.
    pub(crate) fn section(&self) -> String {
        let (login, place) = self.url.trim_start_matches("postgres://").split_once('@').unwrap();
        let ((user, password), (host, _)) = (login.split_once(':').unwrap(), place.split_once('/').unwrap());
        let name = &self.name;
        format!(
            "[db]\ndb_engine = postgresql\ndb_user = {user}\ndb_pass = {password}\ndb_host = {host}\ndb_name = {name}\n"
        )
    }

    /// Ends all connections, as a server does that shuts down, and takes no more.
    pub(crate) fn send_all_away(&self) {
        self.say(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name));
        self.send_all_away_for_a_moment();
    }

    /// Ends all connections, as a server does that shuts down.
    pub(crate) fn send_all_away_for_a_moment(&self) {
        let name = &self.name;
        self.say(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
    }

    /// Takes connections again.
    pub(crate) fn come_back(&self) {
        self.say(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", self.name));
    }

    /// Has the database do what these statements say.
    pub(crate) fn write(&self, statements: &str) {
        let (server, _) = self.url.rsplit_once('/').unwrap();
        say(&format!("{server}/{}", self.name), statements);
    }

    fn say(&self, statement: &str) {
        say(&self.url, statement);
    }
}

fn say(url: &str, statements: &str) {
    let mut command = Command::new("psql");
    command.args(["--no-psqlrc", "--quiet", "--command", statements, url]);
    #[expect(clippy::disallowed_methods, reason = "the tool of the database")]
    let said = command.output().unwrap();
    assert!(said.status.success(), "{said:?}");
}
