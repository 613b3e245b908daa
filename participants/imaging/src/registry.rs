//! What a site offers: the tables its administrators fill.

use std::collections::BTreeSet;

use async_trait::async_trait;

use crate::{Arch, ImageType, JobStatus, StoreError};

/// A queue jobs are in.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Whether saving a job launches the process that builds it; else a process runs that recorded it.
    pub launches: bool,
}

/// A build service repositories can come from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BuildService {
    /// Its name.
    pub name: String,
    /// The address of its programming interface.
    pub apiurl: String,
}

/// Something kickstarts may say as `@NAME@`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// What it stands for unless a person says otherwise.
    pub default: String,
    /// What it is for.
    pub description: String,
}

/// A process that can follow a build.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PostProcess {
    /// Its name.
    pub name: String,
    /// Whether it can be chosen, and is launched.
    pub active: bool,
    /// Whether it is chosen unless a person says otherwise.
    pub default: bool,
    /// What it does.
    pub description: String,
    /// The text of its process definition.
    pub pdef: String,
    /// The field of `image` its argument goes to; empty when it takes none.
    pub argname: String,
    /// The states that launch it.
    pub triggers: BTreeSet<JobStatus>,
}

/// One entry of a table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// A queue.
    Queue(Queue),
    /// An architecture that can be chosen.
    Arch(String),
    /// A type of image that can be chosen.
    ImageType(String),
    /// A build service.
    BuildService(BuildService),
    /// A token.
    Token(Token),
    /// A state jobs of this site can have.
    JobState(JobStatus),
    /// A post-process.
    PostProcess(PostProcess),
}

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Queues.
    Queues,
    /// Architectures.
    Arches,
    /// Types of images.
    ImageTypes,
    /// Build services.
    BuildServices,
    /// Tokens.
    Tokens,
    /// States of jobs.
    JobStates,
    /// Post-processes.
    PostProcesses,
}

impl Table {
    /// All of them.
    pub const ALL: [Table; 7] = [
        Table::Queues,
        Table::Arches,
        Table::ImageTypes,
        Table::BuildServices,
        Table::Tokens,
        Table::JobStates,
        Table::PostProcesses,
    ];

    /// Returns its name in addresses and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Table::Queues => "queues",
            Table::Arches => "arches",
            Table::ImageTypes => "image-types",
            Table::BuildServices => "build-services",
            Table::Tokens => "tokens",
            Table::JobStates => "job-states",
            Table::PostProcesses => "post-processes",
        }
    }
}

impl Entry {
    /// Returns the table it belongs to.
    pub fn table(&self) -> Table {
        match self {
            Entry::Queue(_) => Table::Queues,
            Entry::Arch(_) => Table::Arches,
            Entry::ImageType(_) => Table::ImageTypes,
            Entry::BuildService(_) => Table::BuildServices,
            Entry::Token(_) => Table::Tokens,
            Entry::JobState(_) => Table::JobStates,
            Entry::PostProcess(_) => Table::PostProcesses,
        }
    }

    /// Returns its name, unique in its table.
    pub fn name(&self) -> &str {
        match self {
            Entry::Arch(name) | Entry::ImageType(name) => name,
            Entry::Queue(queue) => &queue.name,
            Entry::BuildService(service) => &service.name,
            Entry::Token(token) => &token.name,
            Entry::JobState(status) => status.as_str(),
            Entry::PostProcess(process) => &process.name,
        }
    }
}

/// What a new store has in its tables.
pub fn defaults() -> Vec<Entry> {
    let queue = |name: &str, launches| Entry::Queue(Queue { name: name.into(), launches });
    let token = |name: &str, default: &str, description: &str| {
        Entry::Token(Token { name: name.into(), default: default.into(), description: description.into() })
    };
    let mut entries = vec![queue("web", true), queue("api", true), queue("requests", false)];
    entries.extend(Arch::known().map(|arch| Entry::Arch(arch.to_string())));
    entries.extend(ImageType::ALL.map(|kind| Entry::ImageType(kind.to_string())));
    entries.extend(JobStatus::all().map(Entry::JobState));
    entries.extend([
        token("RELEASE", "", "the release of the distribution"),
        token("RNDRELEASE", "latest", "the release of the development packages"),
        token("RNDFLAVOUR", "devel", "the flavour of the development packages: devel, testing, release"),
        token("EXTRA_NAME", "", "what the name of the image ends in"),
    ]);
    entries
}

/// The tables of a site.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Returns the entries of a table, sorted by name.
    async fn entries(&self, table: Table) -> Result<Vec<Entry>, StoreError>;

    /// Writes an entry, over the one of its name when there is one; `who` is for the audit log.
    async fn put(&self, entry: &Entry, who: &str, now_ms: i64) -> Result<(), StoreError>;

    /// Removes an entry; says whether it was there.
    async fn remove(&self, table: Table, name: &str, who: &str, now_ms: i64) -> Result<bool, StoreError>;
}

impl dyn Registry + '_ {
    /// Returns the queue of a name.
    pub async fn queue(&self, name: &str) -> Result<Option<Queue>, StoreError> {
        let entries = self.entries(Table::Queues).await?;
        Ok(entries.into_iter().find_map(|entry| match entry {
            Entry::Queue(queue) if queue.name == name => Some(queue),
            _ => None,
        }))
    }

    /// Returns the post-processes.
    pub async fn post_processes(&self) -> Result<Vec<PostProcess>, StoreError> {
        let entries = self.entries(Table::PostProcesses).await?;
        Ok(entries
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::PostProcess(process) => Some(process),
                _ => None,
            })
            .collect())
    }
}

impl PostProcess {
    /// Tells whether it follows when a job that chose these comes to this state.
    pub fn follows(&self, chosen: &BTreeSet<String>, status: &JobStatus) -> bool {
        self.active && chosen.contains(&self.name) && self.triggers.contains(status)
    }
}
