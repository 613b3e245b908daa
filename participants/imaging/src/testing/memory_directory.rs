//! A directory in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use crate::{Directory, DirectoryError, Known, Sought};

/// People with their passwords, by the name they are known by.
#[derive(Debug, Default)]
pub struct MemoryDirectory {
    /// Who is there; what is in it may change meanwhile.
    pub people: Mutex<BTreeMap<String, (String, Known)>>,
    /// Whether it is away.
    pub away: Mutex<bool>,
    /// Of whom it cannot say anything.
    pub unsaid: Mutex<BTreeSet<String>>,
    /// Whether it says who is there.
    pub tells: bool,
    /// The groups it decides on.
    pub governs: BTreeSet<String>,
}

impl MemoryDirectory {
    /// Has it know somebody.
    pub fn put(&self, password: &str, known: Known) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.insert(known.name.clone(), (password.to_owned(), known));
    }

    /// Has it forget somebody.
    pub fn forget(&self, name: &str) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    fn find(&self, name: &str) -> Result<Option<(String, Known)>, DirectoryError> {
        let is_unsaid = self.unsaid.lock().unwrap_or_else(PoisonError::into_inner).contains(name);
        if is_unsaid || *self.away.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(DirectoryError {
                at: "ldaps://memory".into(),
                why: "does not answer".into(),
                source: None,
            });
        }
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let found = people.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        Ok(found.map(|(_, found)| found.clone()))
    }
}

#[async_trait]
impl Directory for MemoryDirectory {
    fn name(&self) -> &str {
        "ldaps://memory"
    }

    fn governs(&self) -> &BTreeSet<String> {
        &self.governs
    }

    fn tells(&self) -> bool {
        self.tells
    }

    async fn look(&self) -> Result<(), DirectoryError> {
        self.find("").map(|_| ())
    }

    /// As the worst of servers do, it takes an empty password for everybody's.
    async fn vouch(&self, name: &str, password: &str) -> Result<Option<Known>, DirectoryError> {
        let found = self.find(name)?.filter(|(right, _)| password.is_empty() || right == password);
        Ok(found.map(|(_, known)| known))
    }

    async fn seek(&self, name: &str) -> Result<Sought, DirectoryError> {
        if !self.tells {
            return Ok(Sought::Untold);
        }
        Ok(self.find(name)?.map_or(Sought::Gone, |(_, known)| Sought::Here(known)))
    }
}
