//! A running `img up`, and curl.

use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use imaging::{ImageId, JobAttempt, JobStatus, JobStore, NewJob, Push};
use job_store_sql::SqlJobStore;
use serde_json::Value;

use crate::program::{Ran, Site};

/// So long something may take on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// `img up` on a state folder of its own, killed with the value.
pub(crate) struct Up {
    pub(crate) site: Site,
    pub(crate) process: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    pub(crate) token: String,
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Up {
    /// Starts it with lines of configuration.
    pub(crate) fn start(configuration: &str) -> Up {
        Up::start_on(Site::new(), configuration)
    }

    pub(crate) fn start_on(site: Site, configuration: &str) -> Up {
        site.kickstart("site.conf", configuration);
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(site.path().join("site.conf"), permissions).unwrap();
        let process = site.start_saying("up", &["up", "--config", "site.conf"]);
        let address = Up::address(&site, "up");
        let added = site.run(&["user", "--config", "site.conf", "add", "ana", "--group", "makers"]);
        assert_eq!(added.status, Some(0), "{added:?}");
        let token = site.run(&["user", "--config", "site.conf", "token", "ana", "--scope", "submit"]);
        Up { token: token.stdout.trim().to_owned(), site, process, address }
    }

    /// Starts it anew after it has ended; it listens elsewhere then.
    pub(crate) fn start_again(&mut self) {
        self.process = self.site.start_saying("again", &["up", "--config", "site.conf"]);
        self.address = Up::address(&self.site, "again");
    }

    /// Waits until it says where it answers.
    fn address(site: &Site, name: &str) -> String {
        let start = Instant::now();
        loop {
            let said = std::fs::read_to_string(site.path().join(format!("{name}.said"))).unwrap();
            if let Some((_, rest)) = said.split_once("answering programs at ") {
                return rest.split("/api").next().unwrap().to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "it does not answer: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs curl with the token of ana.
    pub(crate) fn curl(&self, arguments: &[&str], path: &str) -> Ran {
        let login = format!("Authorization: Bearer {}", self.token);
        let mut command = Command::new("curl");
        command.args(["-sS", "-m", "120", "-H", &login]).args(arguments);
        command.arg(format!("{}/api/v1/{path}", self.address)).current_dir(self.site.path());
        #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
        Ran::of(&command.output().unwrap())
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.curl(&[], path).json()
    }

    /// Writes a job of ana's whose files are given into the store and on the disk, as a worker would have.
    pub(crate) fn job(
        &self,
        name: &str,
        base_url: &str,
        status: JobStatus,
        files: &[(&str, &str)],
    ) -> PathBuf {
        let asked = NewJob {
            request: name.into(),
            queue: "requests".into(),
            user: "ana".into(),
            name: "demo".into(),
            image_type: "raw".into(),
            arch: "x86_64".into(),
            kickstart: "part /\n".into(),
            prefix: "requests/ana".into(),
            process: "20261128-test".into(),
            ..NewJob::default()
        };
        let id = ImageId::reduce(name).unwrap();
        let part = if status.is_final() { name.to_owned() } else { format!("{name}.partial-me") };
        let folder = self.site.path().join("state/images/requests/ana").join(&part);
        std::fs::create_dir_all(&folder).unwrap();
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        self.store(async |store| {
            store.record(&id, &asked, imaging::now_ms()).await.unwrap();
        });
        self.push(name, base_url, &part, status);
        folder
    }

    /// Has news of a job.
    pub(crate) fn push(&self, name: &str, base_url: &str, folder: &str, status: JobStatus) {
        let id = ImageId::reduce(name).unwrap();
        let attempt = JobAttempt { began: "2026-11-28".into(), process: "20261128-test".into() };
        let url = format!("{base_url}/requests/ana/{folder}");
        let push = Push {
            files_url: Some(url.clone()).filter(|_| status.is_final()),
            image_url: Some(format!("{url}/demo.raw")).filter(|_| status.has_image()),
            logfile_url: Some(format!("{url}/demo.log")),
            ..Push::new(status, attempt)
        };
        self.store(async |store| {
            store.push(&id, &push, imaging::now_ms()).await.unwrap();
        });
    }

    fn store(&self, work: impl AsyncFnOnce(SqlJobStore)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = SqlJobStore::file(&self.site.path().join("state/jobs.db")).await.unwrap();
            work(store).await;
        });
    }

    /// The most memory it ever had, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}
