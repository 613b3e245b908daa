//! A guest that is talked to on its serial console.
//!
//! A terminal repeats what is typed and mixes it with what programs and the kernel print. So every answer is between marks
//! that were never typed as they are printed: `IMG-""BEGIN` becomes `IMG-BEGIN` only when a shell has read it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use qemu::{Reader, Running};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::guest::Said;
use crate::halt::Halt;
use crate::settings::Settings;

/// So many bytes of a script go on a line: no terminal takes more than 4096 at once.
const LINE: usize = 72;
/// How long a terminal may take to repeat a line or to ask the next question.
const ANSWER: Duration = Duration::from_secs(60);

/// A console on which a user has logged in.
pub(crate) struct Terminal {
    running: Arc<Running>,
    reader: Mutex<Reader>,
    /// What nobody else prints.
    mark: String,
}

/// Waits for the login of a guest, and logs in.
pub(crate) async fn answered(running: Arc<Running>, settings: &Settings) -> Result<Terminal, Halt> {
    let began = Instant::now();
    let mut reader = running.console().reader();
    said(&running, &mut reader, "login:", settings.wait).await?;
    type_in(&running, &format!("{}\n", settings.user)).await?;
    if let Some(password) = &settings.password {
        said(&running, &mut reader, "assword:", ANSWER).await?;
        type_in(&running, &format!("{password}\n")).await?;
    }
    let mark = uuid::Uuid::new_v4().simple().to_string();
    let left = settings.wait.saturating_sub(began.elapsed()).max(ANSWER);
    let terminal = Terminal { running, reader: Mutex::new(reader), mark };
    // the shell may flush what was typed before it is there
    let end = Instant::now() + left;
    while Instant::now() < end {
        terminal.type_in(&format!("echo IMG-\"\"READY-{}\n", terminal.mark)).await?;
        let ready = format!("IMG-READY-{}", terminal.mark);
        let mut reader = terminal.reader.lock().await;
        let text = async {
            tokio::select! {
                text = reader.until(&ready) => text,
                () = denied(terminal.running.console().reader()) => None,
            }
        };
        match timeout(Duration::from_secs(5), text).await {
            Ok(Some(_)) => {
                drop(reader);
                // kernel messages would stand in the middle of lines
                terminal.type_in("dmesg -n 1 2>/dev/null; PS1=; PS2=\n").await?;
                return Ok(terminal);
            }
            Ok(None) => {
                return Err(Halt::test(
                    "",
                    format!(
                        "the guest does not let {} in by its serial console: login incorrect",
                        settings.user
                    ),
                ));
            }
            Err(_) => {} // once more
        }
    }
    let tail = terminal.running.console().tail();
    Err(Halt::test(
        "",
        format!(
            "no shell of {} answered on the serial console; the end of what it printed:\n{tail}",
            settings.user
        ),
    ))
}

/// Waits until a login is refused.
async fn denied(mut reader: Reader) {
    if reader.until("incorrect").await.is_none() {
        std::future::pending().await
    }
}

async fn said(
    running: &Running,
    reader: &mut Reader,
    text: &str,
    patience: Duration,
) -> Result<String, Halt> {
    running.says(reader, text, patience).await.map_err(|error| Halt::of_guest(&error))
}

async fn type_in(running: &Running, text: &str) -> Result<(), Halt> {
    match running.console().write(text).await {
        Ok(()) => Ok(()),
        Err(_) => Err(Halt::of_guest(&running.trouble().await)),
    }
}

impl Terminal {
    /// Writes a script into a file of the guest and has a shell run it.
    pub(crate) async fn run(&self, script: &str) -> Result<Said, Halt> {
        let mut reader = self.reader.lock().await;
        let file = format!("/tmp/img-test-{}", self.mark);
        // a shell that edits its line takes what is typed next without repeating it, until it runs this one
        self.type_in(&format!("echo IMG-\"\"TAKES-{}; cat >{file}.b64\n", self.mark)).await?;
        said(&self.running, &mut reader, &format!("IMG-TAKES-{}", self.mark), ANSWER).await?;
        let packed = BASE64_STANDARD.encode(script); // letters that every terminal lets through
        for line in packed.as_bytes().chunks(LINE) {
            let line = String::from_utf8_lossy(line);
            self.type_in(&format!("{line}\n")).await?;
            // a terminal that is typed to faster than it reads loses letters
            said(&self.running, &mut reader, &line, ANSWER).await?;
        }
        let mark = &self.mark;
        self.type_in(&format!(
            "\u{4}base64 -d {file}.b64 >{file}; echo IMG-\"\"BEGIN-{mark}; sh {file} 2>&1 </dev/null; echo IMG-\"\"END-{mark} $?; \
             rm -f {file} {file}.b64\n"
        ))
        .await?;
        said(&self.running, &mut reader, &format!("IMG-BEGIN-{mark}"), ANSWER).await?;
        let mut output = String::new();
        loop {
            let line = tokio::select! {
                line = reader.line() => line,
                trouble = self.running.trouble() => return Err(Halt::of_guest(&trouble)),
            };
            let Some(line) = line else { return Err(Halt::of_guest(&self.running.trouble().await)) };
            match line.split_once(&format!("IMG-END-{mark} ")) {
                Some((before, status)) => {
                    output.push_str(before);
                    let status = status.trim().parse().unwrap_or(-1);
                    return Ok(Said { output: output.trim_start_matches(['\r', '\n']).to_owned(), status });
                }
                None => {
                    output.push_str(line.trim_end_matches('\r'));
                    output.push('\n');
                }
            }
        }
    }

    async fn type_in(&self, text: &str) -> Result<(), Halt> {
        type_in(&self.running, text).await
    }
}
