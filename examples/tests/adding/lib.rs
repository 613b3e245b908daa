//! Greets whoever the field `name` names.

use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};

/// The participant `greet`.
#[derive(Debug)]
pub struct Greet;

#[async_trait]
impl Participant for Greet {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let name = item.text("name").ok_or_else(|| Failure::missing("name"))?;
        if name.is_empty() {
            return Ok(Outcome::refuse().because("nobody to greet: the field `name` is empty"));
        }
        Ok(Outcome::done().set("greeting", format!("Hello {name}")))
    }
}
