//! People whom a directory or a proxy knows.

use std::sync::Arc;

use imaging::door::{Door, DoorError};
use imaging::testing::{MemoryDirectory, MemoryStore, inhabited};
use imaging::{Account, Accounts, Group, Known, KnownBy, Permission, Scope};

const PASSWORD: &str = "correct horse";
const HOUR: i64 = 3_600_000;

/// A site with root and ana of its own, and a directory that knows dora, and another ana and root.
async fn site(tells: bool) -> (Arc<MemoryStore>, Arc<MemoryDirectory>, Door) {
    let (store, door) = inhabited(PASSWORD).await;
    let governs = [Group::ADMINISTRATORS.to_owned(), Group::MAKERS.to_owned()].into();
    let directory = Arc::new(MemoryDirectory { tells, governs, ..MemoryDirectory::default() });
    for name in ["dora", "ana", "root"] {
        directory.put("of ldap", known(name, &["makers"]));
    }
    (store, directory.clone(), door.with_directory(directory))
}

fn known(name: &str, groups: &[&str]) -> Known {
    Known {
        name: name.into(),
        full_name: format!("{name} of LDAP"),
        email: format!("{name}@ldap.example"),
        groups: groups.iter().map(ToString::to_string).collect(),
    }
}

#[tokio::test]
async fn the_first_login_makes_the_account_and_later_ones_keep_it_as_the_directory_has_it() {
    let (store, directory, door) = site(true).await;

    let person = door.check("Dora", "of ldap", 10).await.unwrap().unwrap();

    assert_eq!((person.name.as_str(), person.email.as_str()), ("dora", "dora@ldap.example"));
    assert!(person.may(Permission::Submit) && !person.may(Permission::ManageJobs));
    let first = store.account("dora").await.unwrap().unwrap();
    assert_eq!((first.known_by, first.created_ms), (KnownBy::Directory, 10));
    assert_eq!(store.password("dora").await.unwrap(), None, "no password is kept");
    assert_eq!(store.account("Dora").await.unwrap(), None);

    let also = Account { groups: ["makers".into(), "friends".into()].into(), ..first };
    store.put_account(&also, "root", 11).await.unwrap();
    directory
        .put("of ldap", Known { email: "new@ldap.example".into(), ..known("dora", &["administrators"]) });
    let person = door.check("dora", "of ldap", 12).await.unwrap().unwrap();

    assert!(person.may(Permission::ManageAccounts), "{person:?}");
    let account = store.account("dora").await.unwrap().unwrap();
    assert_eq!(account.email, "new@ldap.example");
    assert_eq!(
        account.groups,
        ["administrators".into(), "friends".into()].into(),
        "what it decides on, and no more"
    );
    let written = store.audit_log(None, 100).await.unwrap();
    door.check("dora", "of ldap", 13).await.unwrap().unwrap();
    assert_eq!(store.audit_log(None, 100).await.unwrap(), written, "what is so already is not written");
}

#[tokio::test]
async fn neither_a_wrong_password_nor_none_nor_the_name_of_an_account_of_the_site_gets_in() {
    let (store, _, door) = site(true).await;
    door.set_password("ana", PASSWORD, "root", 4).await.unwrap();
    let proxied = door.of_proxy("pia", &[].into(), 5).await.unwrap().unwrap();
    assert_eq!(proxied.name, "pia");
    for (name, password) in [
        ("dora", "wrong"),
        ("dora", ""),
        ("nobody", ""),
        ("nobody", "of ldap"),
        ("ana", "of ldap"),
        ("ANA", "of ldap"),
        ("root", "of ldap"),
        ("guest", "of ldap"), // has no password here
        ("pia", "of ldap"),
        ("do*", "of ldap"),
        ("dora)(uid=*", "of ldap"),
    ] {
        assert_eq!(door.check(name, password, 6).await.unwrap(), None, "{name} {password}");
    }
    assert!(door.check("ana", PASSWORD, 7).await.unwrap().is_some());
    assert_eq!(store.account("dora").await.unwrap(), None, "nobody made it");
    let failures = store.audit_log(None, 100).await.unwrap();
    assert_eq!(failures.iter().filter(|(_, entry)| entry.what == "failed to log in").count(), 11);
}

#[tokio::test]
async fn a_directory_that_is_away_shuts_out_its_own_people_only() {
    let (_, directory, door) = site(true).await;
    let (_, session) = door.log_in("dora", "of ldap", 10).await.unwrap().unwrap();
    *directory.away.lock().unwrap() = true;

    assert!(matches!(door.check("dora", "of ldap", 11).await, Err(DoorError::DirectoryAway(_))));
    assert!(door.look_again(11).await.unwrap().trouble.is_some());
    assert!(door.check("root", PASSWORD, 12).await.unwrap().is_some());
    assert!(door.of_session(&session, 13).await.unwrap().is_some(), "who is inside stays there");
}

#[tokio::test]
async fn whom_the_directory_forgets_is_outside_with_sessions_and_tokens_until_it_knows_them_again() {
    let (store, directory, door) = site(true).await;
    let (person, session) = door.log_in("dora", "of ldap", 10).await.unwrap().unwrap();
    let (_, token) = door.make_token(&person, "", [Scope::Submit].into(), None, 10).await.unwrap();
    directory.forget("dora");
    directory.forget("ana");
    assert!(door.of_token(&token, 11).await.unwrap().is_some(), "nobody looked as yet");

    assert_eq!(door.look_again(12).await.unwrap().gone, ["dora"]);

    assert_eq!(store.account("dora").await.unwrap().unwrap().known_by, KnownBy::Gone);
    assert_eq!(store.account("ana").await.unwrap().unwrap().known_by, KnownBy::Site);
    assert_eq!(door.of_session(&session, 13).await.unwrap(), None);
    assert_eq!(door.of_token(&token, 13).await.unwrap(), None);
    assert_eq!(door.look_again(14).await.unwrap().gone, Vec::<String>::new(), "it is told once");

    directory.put("of ldap", known("dora", &[]));
    door.look_again(15).await.unwrap();
    let back = door.of_token(&token, 16).await.unwrap().unwrap();
    assert!(!back.may(Permission::Submit), "with the groups of now: {back:?}");
}

#[tokio::test]
async fn where_the_directory_tells_nothing_a_session_lasts_half_a_day() {
    let (store, directory, door) = site(false).await;
    let (_, session) = door.log_in("dora", "of ldap", 10).await.unwrap().unwrap();
    directory.forget("dora");

    assert!(door.look_again(11).await.unwrap().gone.is_empty());
    assert!(door.of_session(&session, 11 * HOUR).await.unwrap().is_some());
    assert_eq!(door.of_session(&session, 13 * HOUR).await.unwrap(), None);
    let without = Door::new(store);
    assert_eq!(
        without.of_session(&session, 20).await.unwrap(),
        None,
        "nor where there is no directory any more"
    );
}

#[tokio::test]
async fn the_proxy_makes_accounts_and_is_not_believed_about_others() {
    let (store, _, door) = site(true).await;
    door.check("dora", "of ldap", 5).await.unwrap().unwrap();
    let groups = ["makers".to_owned()].into();

    let person = door.of_proxy("pia@corp.example", &groups, 6).await.unwrap().unwrap();

    assert!(person.may(Permission::Submit));
    let account = store.account("pia@corp.example").await.unwrap().unwrap();
    assert_eq!((account.known_by, account.created_ms), (KnownBy::Proxy, 6));
    for name in ["root", "ana", "dora"] {
        assert!(matches!(door.of_proxy(name, &groups, 7).await, Err(DoorError::OfAnother(_))), "{name}");
    }
    for name in ["", "../root", "a b", "-x"] {
        assert!(matches!(door.of_proxy(name, &groups, 7).await, Err(DoorError::BadName(_))), "{name}");
    }
    store.put_account(&Account { active: false, groups: [].into(), ..account }, "root", 8).await.unwrap();
    assert_eq!(
        door.of_proxy("pia@corp.example", &groups, 9).await.unwrap(),
        None,
        "who is switched off is outside"
    );
}

#[tokio::test]
async fn an_account_of_others_gets_no_password_here() {
    let (store, _, door) = site(true).await;
    door.check("dora", "of ldap", 5).await.unwrap().unwrap();
    let set = door.set_password("dora", PASSWORD, "root", 6).await;
    assert!(matches!(set, Err(DoorError::KnownElsewhere(_))));
    assert!(matches!(door.invite("dora", "root", 6).await, Err(DoorError::KnownElsewhere(_))));
    assert_eq!(store.password("dora").await.unwrap(), None);
}

#[tokio::test]
async fn one_of_whom_it_cannot_say_anything_keeps_nobody_else_inside() {
    let (_, directory, door) = site(true).await;
    for name in ["dora", "evan", "fay", "gil", "hal", "ida"] {
        directory.put("of ldap", known(name, &[]));
        door.check(name, "of ldap", 5).await.unwrap().unwrap();
        directory.forget(name);
    }
    directory.unsaid.lock().unwrap().extend(["evan".to_owned(), "fay".to_owned()]);

    let looked = door.look_again(6).await.unwrap();

    assert_eq!(looked.gone, ["dora", "gil", "hal", "ida"]);
    assert!(looked.trouble.is_some(), "and it is told");
    directory.unsaid.lock().unwrap().clear();
    assert_eq!(door.look_again(7).await.unwrap().gone, ["evan", "fay"]);
}

#[tokio::test]
async fn an_account_that_is_handed_over_is_opened_by_whom_it_is_handed_to_and_by_nothing_else() {
    let (store, _, door) = site(true).await;
    door.set_password("ana", PASSWORD, "root", 4).await.unwrap();
    let (_, session) = door.log_in("ana", PASSWORD, 5).await.unwrap().unwrap();

    door.hand_over("ana", KnownBy::Proxy, "root", 6).await.unwrap();

    assert_eq!(door.check("ana", PASSWORD, 7).await.unwrap(), None);
    assert_eq!(door.of_session(&session, 7).await.unwrap(), None);
    let ana = door.of_proxy("ana", &[].into(), 8).await.unwrap().unwrap();
    assert!(ana.may(Permission::Submit), "in the groups she was in");
    door.hand_over("ana", KnownBy::Directory, "root", 9).await.unwrap();
    assert!(matches!(door.of_proxy("ana", &[].into(), 10).await, Err(DoorError::OfAnother(_))));
    assert!(door.check("ana", "of ldap", 11).await.unwrap().is_some());
    door.hand_over("ana", KnownBy::Site, "root", 12).await.unwrap();
    assert_eq!(door.check("ana", "of ldap", 13).await.unwrap(), None);
    door.set_password("ana", PASSWORD, "root", 14).await.unwrap();
    assert!(door.check("ana", PASSWORD, 15).await.unwrap().is_some());
    let nobody = door.hand_over("nobody", KnownBy::Proxy, "root", 16).await;
    assert!(matches!(nobody, Err(DoorError::NoAccount(_))));
    assert_eq!(store.account("nobody").await.unwrap(), None);
}
