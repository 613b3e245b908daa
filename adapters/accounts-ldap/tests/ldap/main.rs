//! Against a real slapd.

mod slapd;

use std::time::Duration;

use accounts_ldap::{BindAccount, Group, Ldap, People, Settings};
use imaging::{Directory, Sought};
use slapd::Slapd;

const BASE: &str = "ou=people,dc=example,dc=org";

/// How a site would ask it: by STARTTLS, each person reads their own entry.
fn template(slapd: &Slapd) -> Settings {
    Settings {
        url: format!("ldap://localhost:{}", slapd.plain),
        starttls: true,
        verify: true,
        ca_file: Some(slapd.path("ca.pem")),
        people: People::Template(format!("uid=%(user)s,{BASE}")),
        bind: None,
        user_attr: "uid".into(),
        mail_attr: "mail".into(),
        name_attrs: vec!["givenName".into(), "sn".into()],
        groups: Group::read("makers: * | administrators: CN=img-admins, ou=groups,dc=example,dc=org")
            .unwrap(),
        group_search: Some(("ou=groups,dc=example,dc=org".into(), "(member=%(dn)s)".into())),
        timeout: Duration::from_secs(30),
    }
}

/// By ldaps, with an account that searches.
fn search(slapd: &Slapd) -> Settings {
    let reader = BindAccount::read("cn=reader,dc=example,dc=org", &slapd.path("reader.secret")).unwrap();
    Settings {
        url: format!("ldaps://localhost:{}", slapd.tls),
        starttls: false,
        people: People::Search { base: BASE.into(), filter: "(uid=%(user)s)".into() },
        bind: Some(reader),
        ..template(slapd)
    }
}

#[tokio::test]
async fn a_person_is_known_by_their_password_and_by_nothing_else() {
    let slapd = Slapd::start();
    for settings in [template(&slapd), search(&slapd)] {
        let ldap = Ldap::new(settings.clone()).unwrap();
        let dora = ldap.vouch("Dora", "doras secret").await.unwrap().unwrap();
        assert_eq!(
            (dora.name.as_str(), dora.full_name.as_str(), dora.email.as_str()),
            ("dora", "Dora Dale", "dora@example.org")
        );
        assert_eq!(dora.groups, ["administrators".into(), "makers".into()].into());
        let evan = ldap.vouch("evan", "evans secret").await.unwrap().unwrap();
        assert_eq!((evan.groups, evan.email.as_str()), (["makers".into()].into(), ""));
        let odd = ldap.vouch("odd, name", "odd secret").await.unwrap().unwrap();
        assert_eq!(odd.name, "odd, name", "a comma is part of the name");
        for (name, password) in [
            ("dora", "wrong"),
            ("dora", ""),
            ("dora", "evans secret"),
            ("nobody", "doras secret"),
            ("", "doras secret"),
            ("*", "doras secret"),
            ("dor*", "doras secret"),
            ("dora)(uid=*", "doras secret"),
            ("nobody)(|(uid=dora", "doras secret"),
            ("dora,ou=people,dc=example,dc=org", "doras secret"),
            ("dora,", "doras secret"),
            ("x\\", "doras secret"),
            ("do\0ra", "doras secret"),
        ] {
            assert_eq!(ldap.vouch(name, password).await.unwrap(), None, "{name:?} {password:?} {settings:?}");
        }
    }
}

#[tokio::test]
async fn groups_are_found_in_the_entry_where_no_search_is_set() {
    let slapd = Slapd::start();
    for settings in [template(&slapd), search(&slapd)] {
        let ldap = Ldap::new(Settings { group_search: None, ..settings }).unwrap();
        let dora = ldap.vouch("dora", "doras secret").await.unwrap().unwrap();
        assert_eq!(dora.groups, ["administrators".into(), "makers".into()].into());
        let evan = ldap.vouch("evan", "evans secret").await.unwrap().unwrap();
        assert_eq!(evan.groups, ["makers".into()].into());
    }
}

#[tokio::test]
async fn what_changes_in_ldap_is_told_at_the_next_question() {
    let slapd = Slapd::start();
    let ldap = Ldap::new(search(&slapd)).unwrap();
    slapd.tool("ldapmodify", "dn: uid=dora,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: mail\nmail: new@example.org\n");
    slapd.tool("ldapmodify", "dn: cn=img-admins,ou=groups,dc=example,dc=org\nchangetype: modify\nreplace: member\nmember: uid=evan,ou=people,dc=example,dc=org\n");

    let Sought::Here(dora) = ldap.seek("dora").await.unwrap() else { panic!("she is there") };
    assert_eq!((dora.email.as_str(), dora.groups), ("new@example.org", ["makers".into()].into()));
    slapd.tool("ldapdelete", "uid=dora,ou=people,dc=example,dc=org\n");
    assert_eq!(ldap.seek("dora").await.unwrap(), Sought::Gone);
    assert_eq!(ldap.vouch("dora", "doras secret").await.unwrap(), None);
    let untold = Ldap::new(template(&slapd)).unwrap();
    assert_eq!(untold.seek("evan").await.unwrap(), Sought::Untold);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_whose_certificate_is_not_known() {
    let slapd = Slapd::start();
    for good in [template(&slapd), search(&slapd)] {
        let of = |ca: &str, host: &str, verify| {
            let (url, ca_file) = (good.url.replace("localhost", host), Some(slapd.path(ca)));
            Ldap::new(Settings { url, ca_file, verify, ..good.clone() }).unwrap()
        };
        assert!(of("ca.pem", "localhost", true).look().await.is_ok());
        for (ca, host) in [("other.pem", "localhost"), ("ca.pem", "127.0.0.1")] {
            let error = of(ca, host, true).vouch("dora", "doras secret").await.unwrap_err();
            let cause = format!("{:?}", error.source);
            assert!(error.to_string().contains("has a certificate that nobody signed"), "{error} {cause}");
        }
        assert!(of("other.pem", "localhost", false).vouch("dora", "doras secret").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_server_that_is_away_or_refuses_the_bind_account_is_an_error_and_not_a_wrong_password() {
    let mut slapd = Slapd::start();
    let wrong = slapd.path("wrong.secret");
    std::fs::write(&wrong, "nonsense").unwrap();
    std::fs::set_permissions(&wrong, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let bind = Some(BindAccount::read("cn=reader,dc=example,dc=org", &wrong).unwrap());
    let refused = Ldap::new(Settings { bind, ..search(&slapd) }).unwrap();
    let error = refused.vouch("dora", "doras secret").await.unwrap_err().to_string();
    assert!(error.contains("does not take the bind account"), "{error}");

    // it listens and says nothing
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ldap://localhost:{}", silent.local_addr().unwrap().port());
    let ldap = Ldap::new(Settings { url, timeout: Duration::from_secs(1), ..template(&slapd) }).unwrap();
    let error = ldap.vouch("dora", "doras secret").await.unwrap_err().to_string();
    assert!(error.contains("does not answer within 1 seconds"), "{error}");

    let settings = search(&slapd);
    slapd.stop();
    let ldap = Ldap::new(settings).unwrap();
    let error = ldap.seek("dora").await.unwrap_err().to_string();
    assert!(error.contains("cannot be asked: connecting failed"), "{error}");
    slapd.start_again();
    assert!(matches!(ldap.seek("dora").await.unwrap(), Sought::Here(_)));
}
