//! A job service of a site: `img up` with a PostgreSQL and a BOSS, and its participants as programs of their own.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::database::Database;
use crate::site::{Program, Site};

/// So long something may take on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// A running `img up`, asked by curl.
pub(crate) struct Service {
    pub(crate) up: Program,
    pub(crate) site: Site,
    pub(crate) database: Database,
    address: String,
    token: String,
}

impl Service {
    /// Starts it on a virtual host and a database of its own.
    pub(crate) fn start(vhost: &str) -> Service {
        let database = Database::new();
        let site = Site::new(vhost, &database.section());
        let up = start_up(&site);
        let address = address(&up);
        let (status, _, said) = site.img(&["user", "add", "ana", "--group", "makers"]);
        assert_eq!(status, Some(0), "{said}");
        let (_, token, _) = site.img(&["user", "token", "ana", "--scope", "submit"]);
        Service { up, site, database, address, token: token.trim().to_owned() }
    }

    /// Starts it anew after it was killed.
    pub(crate) fn start_again(&mut self) {
        self.up = start_up(&self.site);
        self.address = address(&self.up);
    }

    /// Asks it something and returns the status with the answer.
    pub(crate) fn curl(&self, arguments: &[&str], path: &str) -> (String, Value) {
        let login = format!("Authorization: Bearer {}", self.token);
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "120", "-w", "\n%{http_code}", "-H", &login]).args(arguments);
        command.arg(format!("{}/api/v1/{path}", self.address)).stdin(Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
        let answer = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let (body, status) = answer.rsplit_once('\n').unwrap();
        (status.to_owned(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Asks for an image and returns its id.
    pub(crate) fn order(&self, name: &str, kickstart: &str) -> String {
        let order =
            serde_json::json!({ "name": name, "image_type": "fs", "arch": "x86_64", "kickstart": kickstart });
        let (status, made) = self.curl(&["--json", &order.to_string()], "jobs");
        assert_eq!(status, "201", "{made}");
        made["image_id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn job(&self, id: &str) -> Value {
        self.curl(&[], &format!("jobs/{id}")).1
    }

    /// Waits until the job is this far.
    pub(crate) fn becomes(&self, id: &str, status: &str) -> Value {
        let start = Instant::now();
        loop {
            let job = self.job(id);
            if job["status"] == status {
                return job;
            }
            assert!(job["is_over"] != true, "{id} does not become {status}: {job}");
            assert!(start.elapsed() < PATIENCE, "{id} does not become {status}: {job}\n{}", self.up.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn start_up(site: &Site) -> Program {
    let log = site.path().join(format!("{}.log", uuid::Uuid::new_v4().simple()));
    let config = site.path().join("skynet.conf");
    let mut command = site.command(&["up", "--config", config.to_str().unwrap()]);
    command.env("IMG_WEB_LISTEN", "127.0.0.1:0");
    command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let child = command.spawn().unwrap();
    Program { child, log }
}

fn address(up: &Program) -> String {
    up.says("answering programs at ", PATIENCE);
    let log = up.log();
    log.split_once("answering programs at ").unwrap().1.split("/api").next().unwrap().to_owned()
}

/// A kickstart that takes its packages from the repository of the tests.
pub(crate) fn from_demo(text: &str) -> String {
    let repo =
        std::env::var("IMG_DEMO_REPO").expect("IMG_DEMO_REPO is not set: run the tests by `make test`");
    format!("repo --name=demo --baseurl=file://{repo}\n{text}")
}
