//! How does a participant tell somebody something, once?
//!
//! A workitem may be delivered twice: the broker repeats what was not acked. So each message has a name of its own that
//! is the same at every repetition, made from the attempt: the step and the time the engine sent it. Here the name is a
//! file in an outbox, there already when it was told; with mail it is the `Message-ID`, in a database a unique column.
//!
//! `notify :to => 'ana', :text => 'the image is there', :forget => true` lets the process go on at once: the participant
//! works as ever, and what it answers goes nowhere.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};
use serde_json::{Value, json};
use stage::Stage;

/// Puts messages into a folder from which something else sends them.
struct Notify {
    outbox: PathBuf,
}

#[async_trait]
impl Participant for Notify {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let param = |name: &str| match item.param(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Failure::missing(&format!("params.{name}"))),
        };
        let message = format!("To: {}\n\n{}\n", param("to")?, param("text")?);
        let id = item.attempt().to_string().replace('/', "_");
        let file = self.outbox.join(&id);
        let told = tokio::task::spawn_blocking(move || tell(&file, &message)).await;
        told.map_err(|panic| Failure::outside("tell it", panic))?
            .map_err(|error| Failure::outside("write to the outbox", error))?;
        Ok(Outcome::done().set("notified", id))
    }
}

/// Makes the file, whole and on the disk when this returns, unless it is there. A crash may leave a hidden draft.
fn tell(file: &Path, message: &str) -> std::io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let folder = file.parent().expect("it is in the outbox");
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(message.as_bytes())?;
    draft.as_file().sync_all()?;
    draft.persist(file)?; // two at the same time write the same
    std::fs::File::open(folder)?.sync_all()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let outbox = tempfile::tempdir()?;
    let notify = Notify { outbox: outbox.path().into() };
    let params = json!({ "to": "ana", "text": "the image is there", "ref": "notify" });
    Stage::new("notify", notify).run(&json!({ "params": params })).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_without_a_broker() {
        stage::runs_without_a_broker(main);
    }

    fn messages(outbox: &Path) -> Vec<String> {
        let files = std::fs::read_dir(outbox).unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_repeated_workitem_tells_nothing_again() {
        let outbox = tempfile::tempdir().unwrap();
        let fields = json!({ "params": { "to": "ana", "text": "it is there" } });
        for _ in 0..2 {
            let notify = Notify { outbox: outbox.path().into() };
            let sent = Stage::new("notify", notify).local(&fields).await.unwrap();
            assert_eq!(sent[0]["fields"]["__result__"], true, "both are answered");
        }
        assert_eq!(messages(outbox.path()), ["To: ana\n\nit is there\n"]);
    }

    #[tokio::test]
    async fn a_forgotten_workitem_is_told_and_not_answered() {
        let outbox = tempfile::tempdir().unwrap();
        let notify = Notify { outbox: outbox.path().into() };
        let fields = json!({ "params": { "to": "ana", "text": "it is there", "forget": true } });

        let sent = Stage::new("notify", notify).local(&fields).await.unwrap();

        assert!(sent.is_empty(), "{sent:?}");
        assert_eq!(messages(outbox.path()).len(), 1);
    }

    #[tokio::test]
    async fn what_could_not_be_told_is_an_error() {
        let notify = Notify { outbox: "/nowhere".into() };
        let fields = json!({ "params": { "to": "ana", "text": "it is there" } });
        let sent = Stage::new("notify", notify).local(&fields).await.unwrap();
        let message = sent[0]["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("cannot write to the outbox: "), "{message}");
    }
}
