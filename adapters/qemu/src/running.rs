//! A machine that runs.

use std::time::Duration;

use child::{Ended, Status};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::qmp::Qmp;
use crate::{Accel, Console, Error, Reader};

/// qemu ends so soon after its connection, or it is not ending.
const MOMENT: Duration = Duration::from_secs(2);

/// A machine that runs as long as somebody holds it.
#[derive(Debug)]
pub struct Running {
    pub(crate) accel: Accel,
    pub(crate) port: Option<u16>,
    pub(crate) console: Console,
    pub(crate) qmp: Qmp,
    pub(crate) over: watch::Receiver<Option<Over>>,
    pub(crate) stop: CancellationToken,
    pub(crate) process: JoinHandle<()>,
    /// Where its disks are, for messages.
    pub(crate) writes: String,
}

/// How the process came to its end, or why there is none.
#[derive(Clone, Debug)]
pub(crate) enum Over {
    Ended(Ended),
    Never(String),
    Silent(String),
}

/// How a machine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// How qemu did.
    pub status: Status,
    /// Why, in qemu's words: `guest-shutdown`, `guest-reset`, `guest-panic`, `host-qmp-quit`; none when it was killed.
    pub reason: Option<String>,
}

impl Exit {
    /// Tells whether the guest switched its machine off.
    pub fn by_guest(&self) -> bool {
        self.status == Status::Exited(0) && self.reason.as_deref() == Some("guest-shutdown")
    }
}

impl Running {
    /// Returns what runs its instructions: [`Accel::Kvm`] or [`Accel::Tcg`].
    pub fn accel(&self) -> Accel {
        self.accel
    }

    /// Returns the port of this machine's loopback that leads to the guest's ssh.
    pub fn ssh_port(&self) -> Option<u16> {
        self.port
    }

    /// Returns its serial console.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// Waits until a text is on the console; returns all that was printed up to its end.
    pub async fn says(&self, reader: &mut Reader, text: &str, patience: Duration) -> Result<String, Error> {
        tokio::select! {
            said = reader.until(text) => match said {
                Some(said) => Ok(said),
                None => Err(self.trouble().await),
            },
            () = tokio::time::sleep(patience) => Err(Error::NotSaid {
                text: text.to_owned(),
                seconds: patience.as_secs(),
                console: self.console.tail(),
            }),
            trouble = self.stands_still() => Err(trouble),
        }
    }

    /// Waits until something is wrong with the machine: it ended, its writing fails, or qemu does not talk any more.
    pub async fn trouble(&self) -> Error {
        tokio::select! {
            () = self.end() => self.ended_by_itself(),
            trouble = self.stands_still() => trouble,
            () = self.silence() => self.gone("it closed the connection".into()).await,
        }
    }

    /// Waits until it ends.
    pub async fn wait(&self) -> Exit {
        self.end().await;
        let status = match &*self.over.borrow() {
            Some(Over::Ended(ended)) => ended.status,
            _ => Status::Stopped, // only this program could end it without saying so
        };
        Exit { status, reason: self.qmp.news.borrow().shutdown.clone() }
    }

    /// Presses the button by which the guest is to switch itself off.
    pub async fn press_power(&self) -> Result<(), Error> {
        self.qmp("system_powerdown", json!({})).await.map(drop)
    }

    /// Has the guest switch itself off; one that has not done so by then is killed. Returns how it ended.
    pub async fn shut_down(self, patience: Duration) -> Exit {
        let asked = self.press_power().await;
        if asked.is_ok()
            && let Ok(exit) = timeout(patience, self.wait()).await
        {
            return exit;
        }
        self.kill().await
    }

    /// Has qemu end by itself, whatever the guest does: all that the guest has given to its disks is in their files then.
    pub async fn quit(self) -> Exit {
        let told = self.qmp("quit", json!({})).await;
        if told.is_ok()
            && let Ok(exit) = timeout(MOMENT, self.wait()).await
        {
            return exit;
        }
        self.kill().await
    }

    /// Ends it at once: what the guest has not written is lost. Returns when nothing of it is left.
    pub async fn kill(self) -> Exit {
        self.stop.cancel();
        self.wait().await
    }

    /// Has qemu do something.
    pub(crate) async fn qmp(&self, command: &str, arguments: Value) -> Result<Value, Error> {
        match self.qmp.execute(command, arguments).await {
            Ok(answer) => Ok(answer),
            Err(reason) => Err(self.gone(reason).await),
        }
    }

    /// Waits until qemu has made the machine.
    pub(crate) async fn greeted(&self, patience: Duration) -> Result<(), Over> {
        let reason = tokio::select! {
            () = tokio::time::sleep(patience) => format!("it made no machine within {} s", patience.as_secs()),
            greeted = self.qmp.greeted() => match greeted {
                Ok(()) => return Ok(()),
                Err(reason) => reason,
            },
            () = self.end() => String::new(),
        };
        let _ = timeout(MOMENT, self.end()).await;
        Err(self.over.borrow().clone().unwrap_or(Over::Silent(reason)))
    }

    /// Waits until there is no process any more.
    async fn end(&self) {
        let _ = self.over.clone().wait_for(Option::is_some).await;
    }

    /// A qemu that does not answer has ended, or will be made to.
    async fn gone(&self, reason: String) -> Error {
        if timeout(MOMENT, self.end()).await.is_ok() {
            return self.ended_by_itself();
        }
        self.stop.cancel();
        self.end().await;
        Error::QmpGone(reason)
    }

    async fn silence(&self) {
        let _ = self.qmp.news.clone().wait_for(|news| news.gone).await;
    }

    async fn stands_still(&self) -> Error {
        let full = self.qmp.news.clone().wait_for(|news| news.host_full).await.is_ok();
        if !full {
            std::future::pending::<()>().await;
        }
        Error::HostFull(self.writes.clone())
    }

    fn ended_by_itself(&self) -> Error {
        let said = match &*self.over.borrow() {
            Some(Over::Ended(ended)) => match ended.tail.lines().last().filter(|_| !ended.well()) {
                Some(line) => format!("{}: {line}", ended.status),
                None => ended.status.to_string(),
            },
            Some(Over::Never(reason) | Over::Silent(reason)) => reason.clone(),
            None => "killed".to_owned(),
        };
        let how = self.qmp.news.borrow().shutdown.clone().unwrap_or(said);
        Error::Ended { how, console: self.console.tail() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.abort(); // which kills all of it
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Machine;

    #[tokio::test]
    async fn a_qemu_that_talks_no_more_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine { accel: Accel::Tcg, ..Machine::new(folder.path()) };
        let running = machine.start().await.unwrap();
        running.qmp.hang_up().await;

        // as a task that may change its thread
        let (running, trouble) = tokio::spawn(async move {
            let trouble = running.trouble().await;
            (running, trouble)
        })
        .await
        .unwrap();

        assert!(matches!(trouble, Error::QmpGone(_)), "{trouble:?}");
        assert!(running.over.borrow().is_some(), "it is over");
    }
}
