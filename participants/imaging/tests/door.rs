//! Who is let in, and with what.

use std::sync::Arc;

use imaging::door::{Door, DoorError, Secret};
use imaging::testing::MemoryStore;
use imaging::{Account, Accounts, Group, KnownBy, Permission, Scope};

const DAY: i64 = 86_400_000;

/// A site with ana, who may submit, and root, who may everything.
async fn site() -> (Arc<MemoryStore>, Door) {
    let store = Arc::new(MemoryStore::default());
    let door = Door::new(store.clone());
    let invitation = door.invite_first("root", 1).await.unwrap().unwrap();
    door.accept(&invitation, "correct horse", 2).await.unwrap();
    let makers = Group { name: "makers".into(), permissions: [Permission::Submit].into() };
    store.put_group(&makers, "root", 3).await.unwrap();
    let ana = Account {
        name: "ana".into(),
        full_name: "Ana".into(),
        email: "ana@site.example".into(),
        groups: ["makers".to_owned(), "gone".to_owned()].into(),
        active: true,
        known_by: KnownBy::Site,
        created_ms: 3,
    };
    store.put_account(&ana, "root", 3).await.unwrap();
    door.set_password("ana", "battery staple", "root", 3).await.unwrap();
    (store, door)
}

#[tokio::test]
async fn the_right_password_opens_a_session_until_it_ends() {
    let (store, door) = site().await;
    let (person, secret) = door.log_in("ana", "battery staple", 10).await.unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.permissions.len()), ("ana", 1));
    assert_eq!(door.of_session(&secret, 20).await.unwrap(), Some(person.clone()));
    assert!(door.of_session(&secret, 10 + 13 * DAY).await.unwrap().is_some());
    assert!(door.of_session(&secret, 10 + 26 * DAY).await.unwrap().is_some(), "it was made longer");
    assert_eq!(door.of_session(&secret, 10 + 60 * DAY).await.unwrap(), None);

    let (_, secret) = door.log_in("ana", "battery staple", 10).await.unwrap().unwrap();
    door.log_out(&secret).await.unwrap();
    assert_eq!(door.of_session(&secret, 20).await.unwrap(), None);

    let (_, secret) = door.log_in("ana", "battery staple", 10).await.unwrap().unwrap();
    let off = Account { active: false, ..store.account("ana").await.unwrap().unwrap() };
    store.put_account(&off, "root", 11).await.unwrap();
    assert_eq!(door.of_session(&secret, 20).await.unwrap(), None, "who is switched off is out at once");
    assert!(door.log_in("ana", "battery staple", 20).await.unwrap().is_none());
}

#[tokio::test]
async fn nothing_else_does_and_failures_are_on_record() {
    let (store, door) = site().await;
    for (name, password) in [
        ("ana", "Battery staple"),
        ("ana", ""),
        ("nobody", "battery staple"),
        ("", ""),
        ("ana", &"x".repeat(100_000)),
    ] {
        assert!(door.log_in(name, password, 10).await.unwrap().is_none(), "{name} {}", password.len());
    }
    assert_eq!(door.of_session(&Secret::shown("s_0"), 20).await.unwrap(), None);
    assert_eq!(door.of_token(&Secret::shown(""), 20).await.unwrap(), None);
    let log = store.audit_log(None, 100).await.unwrap();
    assert_eq!(log.iter().filter(|(_, entry)| entry.what == "failed to log in").count(), 5);
    let hash = store.password("ana").await.unwrap().unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    for (password, words) in [("short", "8 characters at least"), (&"x".repeat(1_025), "1024 bytes at most")]
    {
        let error = door.set_password("ana", password, "ana", 20).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_secret_does_no_more_than_its_scopes_and_its_owner() {
    let (store, door) = site().await;
    let (root, _) = door.log_in("root", "correct horse", 10).await.unwrap().unwrap();
    let (ana, _) = door.log_in("ana", "battery staple", 10).await.unwrap().unwrap();
    for (person, scopes, expected) in [
        (&root, vec![Scope::Manage], Permission::ALL.to_vec()),
        (&root, vec![Scope::Submit], vec![Permission::Submit]),
        (&root, vec![Scope::Read], vec![]),
        (&ana, vec![Scope::Manage], vec![Permission::Submit]),
        (&ana, vec![Scope::SetPassword, Scope::Read], vec![]),
    ] {
        let scopes = scopes.into_iter().collect();
        let (token, secret) = door.make_token(person, "ci", scopes, Some(100), 10).await.unwrap();
        let who = door.of_token(&secret, 50).await.unwrap().unwrap();
        assert_eq!((&who.name, who.permissions), (&person.name, expected.into_iter().collect()));
        assert_eq!(door.of_token(&secret, 100).await.unwrap(), None, "it expired");
        assert!(matches!(door.accept(&secret, "a new password", 50).await, Err(DoorError::NoInvitation)));
        assert_eq!(store.tokens(&person.name).await.unwrap()[0].used_ms, Some(50));
        assert!(store.remove_token(&token.id, "root", 60).await.unwrap());
        assert_eq!(door.of_token(&secret, 50).await.unwrap(), None);
        assert!(!format!("{secret:?}").contains(&secret.reveal()[5..]));
    }
}

#[tokio::test]
async fn the_first_administrator_is_invited_until_there_is_a_password() {
    let store = Arc::new(MemoryStore::default());
    let door = Door::new(store.clone());
    let first = door.invite_first("admin", 1).await.unwrap().unwrap();
    let second = door.invite_first("admin", 2).await.unwrap().unwrap();
    assert!(
        matches!(door.accept(&first, "correct horse", 3).await, Err(DoorError::NoInvitation)),
        "the latest counts"
    );
    assert!(matches!(door.accept(&second, "short", 3).await, Err(DoorError::BadPassword(_))));
    assert!(door.of_token(&second, 3).await.unwrap().is_none(), "it opens nothing else");
    assert!(matches!(door.accept(&second, "correct horse", 3 + DAY).await, Err(DoorError::NoInvitation)));

    assert_eq!(door.accept(&second, "correct horse", 3).await.unwrap(), "admin");

    assert!(matches!(door.accept(&second, "correct horse", 3).await, Err(DoorError::NoInvitation)), "once");
    assert_eq!(door.invite_first("admin", 4).await.unwrap(), None);
    let (admin, _) = door.log_in("admin", "correct horse", 5).await.unwrap().unwrap();
    assert_eq!(admin.permissions, Permission::ALL.into());
}
