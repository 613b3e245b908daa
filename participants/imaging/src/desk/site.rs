//! What administrators do to the tables of a site.

use super::{Desk, Refusal};
use crate::{Entry, Person};

impl Desk {
    /// Writes an entry, over the one of its name when there is one. Whether they may, the view has asked.
    pub async fn put_entry(&self, person: &Person, entry: &Entry, now_ms: i64) -> Result<(), Refusal> {
        if let Entry::PostProcess(process) = entry
            && !process.pdef.trim().is_empty()
            && let Some(definitions) = &self.definitions
            && let Some(why) = definitions.mistake(&process.pdef).await
        {
            return Err(Refusal::of("pdef", format!("is no process that can run here: {why}")));
        }
        Ok(self.registry.put(entry, &person.name, now_ms).await?)
    }
}
