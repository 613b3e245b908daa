//! The people of a site, for tests of views.

use std::sync::Arc;

use super::MemoryStore;
use crate::door::Door;
use crate::{Account, Accounts, Group, KnownBy, Permission};

/// Returns a site in which `root`, of this password, administers everything, `ana` and `ben` may ask for images, and `guest`
/// may look.
///
/// # Panics
/// When the store of the tests does not take them.
pub async fn inhabited(password: &str) -> (Arc<MemoryStore>, Door) {
    let store = Arc::new(MemoryStore::default());
    let door = Door::new(store.clone());
    let invitation = door.invite_first("root", 1).await.expect("a store").expect("it is the first");
    door.accept(&invitation, password, 2).await.expect("a password of some length");
    let makers = Group { name: "makers".into(), permissions: [Permission::Submit].into() };
    store.put_group(&makers, "root", 3).await.expect("a store");
    for (name, groups) in [("ana", vec!["makers"]), ("ben", vec!["makers"]), ("guest", vec![])] {
        let account = Account {
            name: name.into(),
            full_name: String::new(),
            email: format!("{name}@site.example"),
            groups: groups.into_iter().map(str::to_owned).collect(),
            active: true,
            known_by: KnownBy::Site,
            created_ms: 3,
        };
        store.put_account(&account, "root", 3).await.expect("a store");
    }
    (store, door)
}
