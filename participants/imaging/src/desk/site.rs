//! What administrators do to the tables of a site.

use super::{Desk, Refusal};
use crate::{Entry, JobFilter, JobStatus, Person, Table};

/// The queues that IMG itself puts jobs in.
const OWN_QUEUES: [(&str, &str); 3] =
    [("web", "the pages"), ("api", "programs that name no other"), ("requests", "request_image")];

impl Desk {
    /// Writes an entry, over the one of its name when there is one. Whether they may, the view has asked.
    pub async fn put_entry(&self, person: &Person, entry: &Entry, now_ms: i64) -> Result<(), Refusal> {
        if !is_fit(entry) && !self.is_there(entry.table(), entry.name()).await? {
            return Err(Refusal::of(
                "name",
                "should have letters, digits, `_`, `-`, `.`, `@` or `+`, and not begin with one of the last four",
            ));
        }
        if let Entry::PostProcess(process) = entry
            && !process.pdef.trim().is_empty()
            && let Some(definitions) = &self.definitions
            && let Some(why) = definitions.mistake(&process.pdef).await
        {
            return Err(Refusal::of("pdef", format!("is no process that can run here: {why}")));
        }
        Ok(self.registry.put(entry, &person.name, now_ms).await?)
    }

    /// Removes an entry, unless the program or jobs under way need it; says whether it was there. Whether they may, the
    /// view has asked. A job that is recorded in the same moment keeps its queue, which is then gone.
    pub async fn remove_entry(
        &self,
        person: &Person,
        table: Table,
        name: &str,
        now_ms: i64,
    ) -> Result<bool, Refusal> {
        if self.is_there(table, name).await?
            && let Some(why) = self.needed(table, name).await?
        {
            return Err(Refusal::Needed(format!("`{name}` stays in {}: {why}", table.as_str())));
        }
        Ok(self.registry.remove(table, name, &person.name, now_ms).await?)
    }

    async fn is_there(&self, table: Table, name: &str) -> Result<bool, Refusal> {
        Ok(self.registry.entries(table).await?.iter().any(|entry| entry.name() == name))
    }

    /// Says why an entry that is there has to stay, as `it is the last one`.
    async fn needed(&self, table: Table, name: &str) -> Result<Option<String>, Refusal> {
        let own = OWN_QUEUES.iter().find(|(queue, _)| table == Table::Queues && *queue == name);
        if let Some((_, whose)) = own {
            return Ok(Some(format!("it is the queue of {whose}")));
        }
        if table == Table::JobStates && JobStatus::all().any(|status| status.as_str() == name) {
            return Ok(Some("every job may come to it".into()));
        }
        let name = Some(name.to_owned());
        let of_table = match table {
            Table::Queues => JobFilter { queue: name, ..JobFilter::default() },
            Table::Arches => JobFilter { arch: name, ..JobFilter::default() },
            Table::ImageTypes => JobFilter { image_type: name, ..JobFilter::default() },
            _ => return Ok(None),
        };
        if self.registry.entries(table).await?.len() == 1 {
            return Ok(Some("it is the last one, and no image could be asked for without".into()));
        }
        for status in JobStatus::all().filter(JobStatus::is_underway) {
            let filter = JobFilter { status: Some(status.clone()), ..of_table.clone() };
            if let Some(job) = self.search.list(&filter, None, 1).await?.jobs.first() {
                return Ok(Some(format!(
                    "{} has it and is {status}: wait for its end, or stop it",
                    job.image_id
                )));
            }
        }
        Ok(None)
    }
}

/// Tells whether a new entry may be called so: it becomes part of paths, addresses and mails. The names of other tables
/// have their own rules.
fn is_fit(entry: &Entry) -> bool {
    match entry {
        Entry::Queue(_) | Entry::BuildService(_) | Entry::PostProcess(_) => {
            let name = entry.name();
            name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.@+".contains(c))
                && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        }
        _ => true,
    }
}
