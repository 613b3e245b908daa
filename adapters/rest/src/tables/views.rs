//! How entries of tables look to programs.

use std::collections::BTreeSet;

use imaging::{Arch, BuildService, Entry, ImageType, JobStatus, PostProcess, Queue, Table, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Mistake;

/// A queue jobs are in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether saving a job launches the process that builds it.
    launches: bool,
}

/// Something that is only a name.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NameView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A build service repositories can come from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildServiceView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The address of its programming interface.
    apiurl: String,
}

/// Something kickstarts may say as `@NAME@`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it stands for unless a person says otherwise.
    #[serde(default)]
    default: String,
    /// What it is for.
    #[serde(default)]
    description: String,
}

/// A process that can follow a build.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PostProcessView {
    /// Its name, unique in its table; a body may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whether it can be chosen, and is launched.
    active: bool,
    /// Whether it is chosen unless a person says otherwise.
    default: bool,
    /// What it does.
    description: String,
    /// The text of its process definition.
    pdef: String,
    /// The field of `image` its argument goes to; empty when it takes none.
    argname: String,
    /// The states that launch it.
    triggers: BTreeSet<String>,
}

/// How an entry looks in addresses.
pub(super) trait View: Sized {
    fn of(entry: Entry) -> Option<Self>;
    fn name(&self) -> Option<&str>;
    fn entry(self, table: Table, name: String) -> Result<Entry, Mistake>;
}

impl View for QueueView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<QueueView> {
        if let Entry::Queue(queue) = entry {
            Some(QueueView { name: Some(queue.name), launches: queue.launches })
        } else {
            None
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        Ok(Entry::Queue(Queue { name, launches: self.launches }))
    }
}

impl View for NameView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<NameView> {
        Some(NameView { name: Some(entry.name().to_owned()) })
    }

    fn entry(self, table: Table, name: String) -> Result<Entry, Mistake> {
        let wrong = |error: imaging::NotAWord| Mistake::of("name", format!("is wrong: {error}"));
        match table {
            Table::Arches => name.parse::<Arch>().map_err(wrong).map(|_| Entry::Arch(name)),
            Table::JobStates => name.parse::<JobStatus>().map_err(wrong).map(Entry::JobState),
            _ => name.parse::<ImageType>().map_err(wrong).map(|_| Entry::ImageType(name)),
        }
    }
}

impl View for BuildServiceView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<BuildServiceView> {
        if let Entry::BuildService(service) = entry {
            Some(BuildServiceView { name: Some(service.name), apiurl: service.apiurl })
        } else {
            None
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        if !self.apiurl.starts_with("http://") && !self.apiurl.starts_with("https://") {
            return Err(Mistake::of("apiurl", "should begin with http:// or https://"));
        }
        Ok(Entry::BuildService(BuildService { name, apiurl: self.apiurl }))
    }
}

impl View for TokenView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<TokenView> {
        match entry {
            Entry::Token(token) => Some(TokenView {
                name: Some(token.name),
                default: token.default,
                description: token.description,
            }),
            _ => None,
        }
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(Mistake::of("name", "should have letters, digits and `_` only"));
        }
        if self.default.contains(',') || self.default.contains(char::is_control) {
            return Err(Mistake::of("default", "may have no comma and no line break"));
        }
        Ok(Entry::Token(Token { name, default: self.default, description: self.description }))
    }
}

impl View for PostProcessView {
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn of(entry: Entry) -> Option<PostProcessView> {
        let Entry::PostProcess(process) = entry else { return None };
        Some(PostProcessView {
            name: Some(process.name),
            active: process.active,
            default: process.default,
            description: process.description,
            pdef: process.pdef,
            argname: process.argname,
            triggers: process.triggers.iter().map(ToString::to_string).collect(),
        })
    }

    fn entry(self, _: Table, name: String) -> Result<Entry, Mistake> {
        let triggers: Result<BTreeSet<JobStatus>, _> =
            self.triggers.iter().map(|status| status.parse::<JobStatus>()).collect();
        let triggers = triggers.map_err(|error| Mistake::of("triggers", format!("are wrong: {error}")))?;
        if self.active && self.pdef.trim().is_empty() {
            return Err(Mistake::of("pdef", "is empty: an active process needs its definition"));
        }
        let PostProcessView { active, default, description, pdef, argname, .. } = self;
        Ok(Entry::PostProcess(PostProcess { name, active, default, description, pdef, argname, triggers }))
    }
}
