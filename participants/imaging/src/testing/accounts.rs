//! What the accounts of every site promise.

use crate::{Account, Accounts, ApiToken, AuditEntry, Group, KnownBy, Permission, Scope, Session};

/// Runs the promises of [`Accounts`] against a store without any.
///
/// # Panics
/// When a promise is broken.
pub async fn accounts_keep_their_promises(store: &dyn Accounts) {
    people_and_groups_come_and_go(store).await;
    secrets_are_found_by_their_digest(store).await;
    sessions_end(store).await;
    everything_is_in_the_audit_log(store).await;
}

fn account(name: &str) -> Account {
    Account {
        name: name.into(),
        full_name: "Ana 'O' Néill".into(),
        email: "ana@site.example".into(),
        groups: ["makers".to_owned()].into(),
        active: true,
        known_by: KnownBy::Directory,
        created_ms: 5,
    }
}

async fn people_and_groups_come_and_go(store: &dyn Accounts) {
    assert_eq!(store.accounts("", 10).await.unwrap(), []);
    for name in ["ben", "ana", "cleo"] {
        store.put_account(&account(name), "root", 10).await.unwrap();
    }
    assert!(store.set_password("ana", Some("$hash"), "root", 11).await.unwrap());
    assert!(!store.set_password("nobody", Some("$hash"), "root", 11).await.unwrap());
    let off = Account { active: false, ..account("ana") };
    store.put_account(&off, "root", 12).await.unwrap();
    assert_eq!(store.account("ana").await.unwrap(), Some(off));
    assert_eq!(store.password("ana").await.unwrap().as_deref(), Some("$hash"), "it stays");
    assert_eq!(store.password("ben").await.unwrap(), None);
    let names = |accounts: Vec<Account>| accounts.into_iter().map(|account| account.name).collect::<Vec<_>>();
    assert_eq!(names(store.accounts("", 2).await.unwrap()), ["ana", "ben"]);
    assert_eq!(names(store.accounts("ben", 2).await.unwrap()), ["cleo"]);
    assert!(store.remove_account("cleo", "root", 13).await.unwrap());
    assert!(!store.remove_account("cleo", "root", 13).await.unwrap());

    let group = |permissions: &[Permission]| Group {
        name: "makers".into(),
        permissions: permissions.iter().copied().collect(),
    };
    store.put_group(&group(&[Permission::Submit]), "root", 14).await.unwrap();
    let more = group(&[Permission::Submit, Permission::ManageJobs]);
    store.put_group(&more, "root", 15).await.unwrap();
    assert_eq!(store.groups().await.unwrap(), [more]);
    assert!(store.remove_group("makers", "root", 16).await.unwrap());
    assert!(!store.remove_group("makers", "root", 16).await.unwrap());
}

async fn secrets_are_found_by_their_digest(store: &dyn Accounts) {
    let token = |id: &str, account: &str| ApiToken {
        id: id.into(),
        account: account.into(),
        label: "nightly builds".into(),
        scopes: [Scope::Read, Scope::Submit].into(),
        created_ms: 20,
        expires_ms: Some(99),
        used_ms: None,
    };
    store.add_token(&token("t1", "ana"), "digest-1", "ana").await.unwrap();
    store.add_token(&token("t2", "ana"), "digest-2", "ana").await.unwrap();
    store.add_token(&token("t3", "ben"), "digest-3", "ben").await.unwrap();
    store.token_used("t1", 30).await.unwrap();
    let used = ApiToken { used_ms: Some(30), ..token("t1", "ana") };
    assert_eq!(store.token("digest-1").await.unwrap(), Some(used.clone()));
    assert_eq!(store.token("digest-9").await.unwrap(), None);
    assert_eq!(store.tokens("ana").await.unwrap(), [token("t2", "ana"), used]);
    assert!(store.remove_token("t2", "ana", 31).await.unwrap());
    assert!(!store.remove_token("t2", "ana", 31).await.unwrap());
    store.remove_account("ben", "root", 32).await.unwrap();
    assert_eq!(store.token("digest-3").await.unwrap(), None, "whose owner is gone");
}

async fn sessions_end(store: &dyn Accounts) {
    let session = |expires_ms| Session { account: "ana".into(), created_ms: 40, expires_ms };
    store.put_session("s1", &session(100), 40).await.unwrap();
    store.put_session("s2", &session(200), 41).await.unwrap();
    store.put_session("s2", &session(300), 42).await.unwrap();
    assert_eq!(store.session("s2").await.unwrap(), Some(session(300)));
    store.put_session("s3", &session(300), 150).await.unwrap();
    assert_eq!(store.session("s1").await.unwrap(), None, "forgotten when it had expired");
    store.end_session("s3").await.unwrap();
    assert_eq!(store.session("s3").await.unwrap(), None);
    store.set_password("ana", Some("$other"), "ana", 151).await.unwrap();
    assert_eq!(store.session("s2").await.unwrap(), None, "a new password ends what the old one began");
}

async fn everything_is_in_the_audit_log(store: &dyn Accounts) {
    let own = AuditEntry { at_ms: 60, who: "-".into(), what: "failed to log in".into(), about: "ana".into() };
    store.audit(&own).await.unwrap();
    let log = store.audit_log(None, 1_000).await.unwrap();
    assert_eq!(log[0].1, own);
    assert!(log.windows(2).all(|pair| pair[0].0 > pair[1].0), "the newest first");
    for (who, about) in
        [("root", "cleo"), ("root", "makers"), ("root", "ana"), ("ana", "t1 of ana"), ("ana", "t2 of ana")]
    {
        assert!(
            log.iter().any(|(_, entry)| entry.who == who && entry.about == about),
            "{who} {about}: {log:?}"
        );
    }
    let rest = store.audit_log(Some(log[1].0), 3).await.unwrap();
    assert_eq!(rest, log[2..5]);
    let text = format!("{log:?}");
    assert!(!text.contains("$hash") && !text.contains("digest"), "no secrets in it");
}
