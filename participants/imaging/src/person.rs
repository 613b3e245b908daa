//! Who asks, and what they may.

use std::collections::BTreeSet;

/// Something a person may do beyond looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Ask for images, and care for the jobs of their own.
    Submit,
    /// Care for the jobs of everybody.
    ManageJobs,
    /// Fill the tables of the site.
    ManageSite,
    /// Care for accounts, groups and their permissions.
    ManageAccounts,
}

impl Permission {
    /// All of them.
    pub const ALL: [Permission; 4] =
        [Permission::Submit, Permission::ManageJobs, Permission::ManageSite, Permission::ManageAccounts];
}

/// Somebody who asks for something, already known to be who they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name jobs are theirs by.
    pub name: String,
    /// Where mail reaches them; may be empty.
    pub email: String,
    /// What they may.
    pub permissions: BTreeSet<Permission>,
    /// What they may besides, but not with what they showed: the scope of a token is too small for it.
    pub withheld: BTreeSet<Permission>,
}

impl Permission {
    /// Returns the scope of a token that is enough for it, as `submit`.
    pub fn scope(self) -> &'static str {
        match self {
            Permission::Submit => "submit",
            Permission::ManageJobs | Permission::ManageSite | Permission::ManageAccounts => "manage",
        }
    }
}

impl Person {
    /// Returns why they may not do something, as a clause that names the scope of a token that would do; `None` when no
    /// token of theirs would.
    pub fn lacks_scope(&self, permission: Permission) -> Option<String> {
        self.withheld.contains(&permission).then(|| {
            let scope = permission.scope();
            format!("this token is of a smaller scope, and it takes scope {scope}: make a token of that, or show one")
        })
    }

    /// Tells whether they may do that.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Tells whether they may change a job of this user: their own, or anybody's.
    pub fn may_change_jobs_of(&self, user: &str) -> bool {
        self.may(Permission::ManageJobs) || (self.may(Permission::Submit) && self.name == user)
    }
}
