//! A running `img up`, asked over HTTP by hand.

use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Service {
    folder: tempfile::TempDir,
    up: Child,
    /// `127.0.0.1:PORT`.
    address: String,
    token: String,
}

const PASSWORD: &str = "correct-horse-battery";

/// A BOSS where nobody listens: jobs are taken, and nothing is built.
const AWAY: &str = "[boss]\namqp_host = 127.0.0.1:1\namqp_user = img\namqp_pwd = none\namqp_vhost = img\n\
                    [web]\nlisten = 127.0.0.1:0\nrequests_per_second = 1000\n";

impl Service {
    pub(crate) fn start(database: &str) -> Service {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("site.conf");
        std::fs::write(&config, format!("{database}{AWAY}")).expect("room");
        std::fs::set_permissions(&config, Permissions::from_mode(0o600)).expect("it is ours");
        let img = |words: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_img"));
            command.args(words).current_dir(folder.path()).env("IMG_STATE", folder.path().join("state"));
            command.env("IMG_CONFIG", &config).stdin(Stdio::null());
            command
        };
        let said = |words: &[&str]| {
            #[expect(clippy::disallowed_methods, reason = "the program that is measured")]
            let output = img(words).output().expect("it runs");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("text").trim().to_owned()
        };
        said(&["user", "add", "ana", "--group", "makers"]);
        let token = said(&["user", "token", "ana", "--scope", "submit"]);
        let mut command = img(&["user", "passwd", "ana"]);
        #[expect(clippy::disallowed_methods, reason = "the program that is measured")]
        let mut passwd = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("it runs");
        writeln!(passwd.stdin.take().expect("a pipe"), "{PASSWORD}").expect("it reads");
        assert!(passwd.wait().expect("it ends").success());
        let log = folder.path().join("log");
        let mut command = img(&["up", "--config", "site.conf"]);
        command.stdout(Stdio::null()).stderr(std::fs::File::create(&log).expect("room"));
        #[expect(clippy::disallowed_methods, reason = "the program that is measured")]
        let up = command.spawn().expect("it runs");
        let address = loop {
            let text = std::fs::read_to_string(&log).expect("a log");
            if let Some((_, rest)) = text.split_once("answering programs at http://") {
                break rest.split('/').next().expect("an address").to_owned();
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        Service { folder, up, address, token }
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.api("GET", path, "")
    }

    /// Logs in as a person does, and returns their cookie.
    pub(crate) fn log_in(&self) -> String {
        let form =
            format!("Origin: http://{}\r\nContent-Type: application/x-www-form-urlencoded", self.address);
        let (head, _) = self.ask("POST", "/login", &form, &format!("name=ana&password={PASSWORD}"));
        let (_, rest) = head.split_once("et-cookie: ").unwrap_or_else(|| panic!("{head}"));
        rest.split(';').next().expect("a cookie").to_owned()
    }

    /// Returns a page as the browser with this cookie gets it.
    pub(crate) fn page(&self, cookie: &str, path: &str) -> String {
        self.ask("GET", path, &format!("Cookie: {cookie}"), "").1
    }

    /// Has the database of the service do what these statements say.
    pub(crate) fn write(&self, statements: &str) {
        let mut command = Command::new("sqlite3");
        command
            .args(["-cmd", ".timeout 60000"])
            .arg(self.folder.path().join("state/jobs.db"))
            .arg(statements);
        #[expect(clippy::disallowed_methods, reason = "the tool of the database")]
        let said = command.output().expect("it runs");
        assert!(said.status.success(), "{said:?}");
    }

    /// Asks for an image and returns its id.
    pub(crate) fn order(&self, name: &str) -> String {
        let kickstart = "# a line of a kickstart\n".repeat(850);
        let order =
            serde_json::json!({ "name": name, "image_type": "fs", "arch": "x86_64", "kickstart": kickstart });
        let answer = self.api("POST", "jobs", &order.to_string());
        let job: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
        job["image_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn api(&self, method: &str, path: &str, body: &str) -> String {
        let head = format!("Authorization: Bearer {}\r\nContent-Type: application/json", self.token);
        self.ask(method, &format!("/api/v1/{path}"), &head, body).1
    }

    /// Asks with these lines in the head of the request, and returns the head and the body of the answer.
    fn ask(&self, method: &str, path: &str, head: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + body).as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let is_well = ["HTTP/1.1 20", "HTTP/1.1 303"].iter().any(|well| head.starts_with(well));
        assert!(is_well, "{method} {path}: {answer}");
        (head.to_owned(), body.to_owned())
    }

    pub(crate) fn memory_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.up.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.up.kill();
        let _ = self.up.wait();
        let _ = std::fs::remove_dir_all(self.folder.path());
    }
}
