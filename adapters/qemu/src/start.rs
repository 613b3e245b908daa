//! From a machine that could be to one that runs.

use std::path::{Path, PathBuf};

use child::{ChildError, Ended, Listen, Task, run_through};
use serde_json::json;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::accel::missing;
use crate::argv::{Facts, UEFI, argv};
use crate::console::Console;
use crate::overlay::{Nameless, attach};
use crate::qmp::{Qmp, forwarded};
use crate::refusal::refusal;
use crate::running::{Over, Running};
use crate::wires::wires;
use crate::{Accel, Boot, Error, Machine, accel};

impl Machine {
    /// Starts it; returns when qemu has made it and it begins to boot.
    pub async fn start(&self) -> Result<Running, Error> {
        let accel = self.accelerator().await?;
        self.files_are_there()?;
        let mut files = Nameless::default();
        let mut disks = Vec::new();
        for disk in &self.disks {
            disks.push(attach(disk, self, &mut files).await?);
        }
        let variables = self.variables(&mut files)?;
        let wires = wires().map_err(Error::system("make sockets for qemu"))?;
        let console = Console::listen(wires.console, self.console.as_deref())
            .map_err(Error::system("write the console of the machine"))?;
        let qmp = Qmp::new(wires.qmp);
        let facts = Facts {
            accel,
            console: wires.numbers.0,
            qmp: wires.numbers.1,
            disks: &disks,
            variables: variables.as_deref(),
        };
        let task = Task { priority: self.priority, ..Task::new(argv(self, &facts)) };

        let (tell, over) = watch::channel(None);
        let stop = CancellationToken::new();
        let (log, stopped) = (self.log.clone(), stop.clone());
        let process = tokio::spawn(async move {
            let listen = Listen { log: &log, line: &|_| {}, stop: stopped };
            let ended = run_through(&task, Some(wires.entrance), &listen).await;
            tell.send_replace(Some(Over::from(ended)));
        });
        let mut running = Running {
            accel,
            port: None,
            console,
            qmp,
            over,
            stop,
            process,
            writes: self.folder.display().to_string(),
        };
        running.greeted(self.patience).await.map_err(|over| self.not_started(over))?;
        drop(files); // qemu has them open
        if self.network.port().is_some() {
            let table = running.qmp("human-monitor-command", json!({"command-line": "info usernet"})).await?;
            running.port = forwarded(table.as_str().unwrap_or_default());
        }
        Ok(running)
    }

    async fn accelerator(&self) -> Result<Accel, Error> {
        if self.accel == Accel::Tcg {
            return Ok(Accel::Tcg);
        }
        let works = tokio::task::spawn_blocking(accel::kvm).await.expect("the probe does not panic");
        match (works, self.accel) {
            (Ok(()), _) => Ok(Accel::Kvm),
            (Err(_), Accel::Auto) => Ok(Accel::Tcg),
            (Err(reason), _) => Err(Error::Kvm(reason)),
        }
    }

    /// qemu would say it, too, in other words for each.
    fn files_are_there(&self) -> Result<(), Error> {
        let look = |what, path: &Path, open: bool| {
            let found = if open { std::fs::File::open(path).map(drop) } else { path.metadata().map(drop) };
            found.map_err(|error| Error::File {
                what,
                path: path.display().to_string(),
                reason: error.to_string(),
            })
        };
        match &self.boot {
            Boot::Kernel { kernel, initrd, .. } => {
                look("the kernel", kernel, true)?;
                initrd.iter().try_for_each(|initrd| look("the initial file system", initrd, true))?;
            }
            Boot::Uefi => look("the UEFI (package ovmf)", Path::new(UEFI), true)?,
            Boot::Bios => {}
        }
        self.shares.iter().try_for_each(|share| look("the shared folder", &share.folder, false))?;
        look("the folder", &self.folder, false)
    }

    /// Makes the variables of a UEFI that nobody has used.
    fn variables(&self, files: &mut Nameless) -> Result<Option<PathBuf>, Error> {
        if self.boot != Boot::Uefi {
            return Ok(None);
        }
        let path = files.make(&self.folder).map_err(Error::system("make a file for the UEFI"))?;
        std::fs::copy(UEFI.replace("_CODE_", "_VARS_"), &path)
            .map_err(Error::system("write the variables of the UEFI"))?;
        Ok(Some(path))
    }

    fn not_started(&self, over: Over) -> Error {
        match over {
            Over::Ended(Ended { tail, .. }) => refusal(self, &tail),
            Over::Never(reason) => match reason.starts_with("cannot start") {
                true => missing(&self.program),
                false => Error::System { doing: "start qemu", reason },
            },
            Over::Silent(reason) => Error::QmpGone(reason),
        }
    }
}

impl From<Result<Ended, ChildError>> for Over {
    fn from(ended: Result<Ended, ChildError>) -> Over {
        match ended {
            Ok(ended) => Over::Ended(ended),
            Err(error) => Over::Never(error.to_string()),
        }
    }
}
