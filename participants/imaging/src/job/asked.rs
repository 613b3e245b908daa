//! What is asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::Tag;

/// What is recorded when somebody asks for an image; all texts are as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NewJob {
    /// Which request this is: the same again is answered with the same job.
    pub request: String,
    /// `requests`, `web`, `api`, or another of the [`Queue`](crate::Queue)s.
    pub queue: String,
    /// Who asked.
    pub user: String,
    /// What the image is called.
    pub name: String,
    /// The form of the image.
    pub image_type: String,
    /// The processor it is for.
    pub arch: String,
    /// The kickstart, as it was given.
    pub kickstart: String,
    /// `K:V,K2:V2`.
    pub tokenmap: String,
    /// Options for the builder.
    pub extra_opts: Vec<String>,
    /// Who else wants to hear of it, joined with commas.
    pub email: String,
    /// The folder layer the image goes to, as `requests/ana`.
    pub prefix: String,
    /// Packages on top of the kickstart's; `-name` leaves one out, `@name` is a group.
    pub overlay: Vec<String>,
    /// Repositories on top of the kickstart's.
    pub extra_repos: Vec<ExtraRepo>,
    /// The names of the [`PostProcess`](crate::PostProcess)es it chose.
    pub post_processes: BTreeSet<String>,
    /// What those are told, by the names they give their arguments.
    pub pp_args: BTreeMap<String, String>,
    /// The release it is part of, when it is.
    pub release: String,
    /// Devices it is to be tested on.
    pub devicegroup: String,
    /// The tags it begins with.
    pub tags: BTreeSet<Tag>,
    /// The process that waits for it, when one does that the store did not launch.
    pub process: String,
    /// The job this one does again.
    pub retry_of: Option<String>,
    /// The first version's id of the job, when it had one.
    pub task_id: String,
    /// Everything else that was said, by its field name.
    pub more: BTreeMap<String, String>,
}

/// A repository on top of those of a kickstart.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum ExtraRepo {
    /// Its address alone, which also names it.
    Address(String),
    /// A name of its own.
    Named {
        /// Its name.
        name: String,
        /// Its address.
        url: String,
    },
}

impl NewJob {
    /// Tells whether the other would come to the same image for the same person: the same in queue, user, name, type,
    /// arch, kickstart, tokens, options, packages and repositories.
    pub fn is_like(&self, other: &NewJob) -> bool {
        self.likeness() == other.likeness()
    }

    /// Returns what like jobs share, as one text.
    pub fn likeness(&self) -> String {
        let texts = [
            &self.queue,
            &self.user,
            &self.name,
            &self.image_type,
            &self.arch,
            &self.kickstart,
            &self.tokenmap,
        ];
        serde_json::json!([texts, self.extra_opts, self.overlay, self.extra_repos]).to_string()
    }
}
