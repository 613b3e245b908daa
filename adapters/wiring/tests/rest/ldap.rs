//! People of a real LDAP server at a real service: what docs/accounts.md has one write.

use std::time::Instant;

use serde_json::Value;

use crate::program::{Ran, workspace};
use crate::slapd::Slapd;
use crate::support::{PATIENCE, Up};

/// The files of a page that begin with such a line, one after the other.
pub(crate) fn blocks(language: &str, begin: &str) -> Vec<String> {
    let page = std::fs::read_to_string(workspace("docs/accounts.md")).unwrap();
    let fence = format!("```{language}\n");
    let all = page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap());
    all.filter(|block| block.starts_with(begin)).map(str::to_owned).collect()
}

/// The configuration of the page with or without a bind account, for this server.
fn configuration(slapd: &Slapd, with_bind: bool) -> String {
    let block =
        blocks("ini", "[ldap]").into_iter().find(|block| block.contains("bind_dn") == with_bind).unwrap();
    let path = |name| slapd.path(name).display().to_string();
    block
        .replace("ldaps://ldap.example", &format!("ldaps://localhost:{}", slapd.tls))
        .replace("ldap://ldap.example", &format!("ldap://localhost:{}", slapd.plain))
        .replace("/etc/ssl/certs/example-ca.pem", &path("ca.pem"))
        .replace("/etc/skynet/ldap.secret", &path("reader.secret"))
}

/// Tries to log in on the page; what comes begins with the status.
fn log_in(up: &Up, name: &str, password: &str) -> String {
    let fields = [format!("name={name}"), format!("password={password}")];
    up.page(name, &["--data-urlencode", &fields[0], "--data-urlencode", &fields[1]], "/login")
}

/// Asks for a token by name and password; what comes begins with the status.
fn token(up: &Up, name: &str, password: &str) -> String {
    let login = format!("{name}:{password}");
    let json =
        ["-u", &login, "-H", "Content-Type: application/json", "-d", r#"{"scopes": ["read"], "label": "t"}"#];
    up.page("program", &json, "/api/v1/me/tokens")
}

fn said(up: &Up) -> String {
    std::fs::read_to_string(up.site.path().join("up.said")).unwrap()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

fn accounts(up: &Up) -> Vec<Value> {
    let list = up.site.run(&["user", "--config", "site.conf", "list", "--json"]).json();
    list.as_array().unwrap().clone()
}

fn doctor(up: &Up) -> (Ran, Value) {
    let ran = up.site.run(&["doctor", "fs", "--config", "site.conf", "--json"]);
    let line = ran.json()["settings"].as_array().unwrap().iter().find(|line| line["name"] == "ldap").cloned();
    (ran, line.unwrap_or_default())
}

const EVAN: &str = "dn: uid=evan,ou=people,dc=example,dc=org\nchangetype: modify\n";

#[test]
fn people_of_ldap_log_in_and_are_outside_when_they_are_gone_or_barred_there() {
    let slapd = Slapd::start();
    let up = Up::start(&format!("{}look_again = 1\n", configuration(&slapd, true)));

    let first = up.page("nobody", &[], "/login");
    assert!(!first.contains("Nobody has a password yet"), "{first}");
    assert!(log_in(&up, "dora", "doras secret").starts_with("303 /\n"), "{}", said(&up));
    for (name, password) in
        [("dora", "wrong"), ("evan", ""), ("evan", "doras secret"), ("nobody", "x"), ("*", "doras secret")]
    {
        let refused = log_in(&up, &format!("{name} "), password);
        assert!(
            refused.starts_with("403") && refused.contains("Name or password is wrong"),
            "{name}: {refused}"
        );
        assert!(token(&up, name, password).starts_with("401"), "{name}");
    }
    let me = up.page("dora", &[], "/me");
    assert!(me.starts_with("200") && me.contains("dora@example.org"), "{me}");
    assert!(me.contains("care for accounts") && me.contains("It is not kept here"), "{me}");
    let made = token(&up, "evan", "evans secret");
    assert!(made.starts_with("201"), "{made}");
    let made: Value = serde_json::from_str(made.split_once('\n').unwrap().1).unwrap();
    let evans = format!("Authorization: Bearer {}", made["secret"].as_str().unwrap());
    let evan = || up.page("program", &["-H", &evans], "/api/v1/me");
    assert!(evan().starts_with("200"), "{}", evan());
    let known: Vec<_> = accounts(&up)
        .iter()
        .map(|account| format!("{} {} {}", account["name"], account["known_by"], account["groups"]))
        .collect();
    assert_eq!(
        known,
        [
            r#""ana" "site" ["makers"]"#,
            r#""dora" "directory" ["administrators","makers"]"#,
            r#""evan" "directory" ["makers"]"#
        ]
    );

    slapd.tool("ldapdelete", "uid=dora,ou=people,dc=example,dc=org\n");
    slapd.tool("ldapmodify", &format!("{EVAN}add: employeeType\nemployeeType: barred\n"));

    until("the end of her session", || up.page("dora", &[], "/me").starts_with("303 /login"));
    until("the end of his token", || evan().starts_with("401"));
    assert!(
        said(&up).contains(r#"does not know "dora" any more: sessions and tokens of theirs"#),
        "{}",
        said(&up)
    );
    assert!(log_in(&up, "evan", "evans secret").starts_with("403"));
    slapd.tool("ldapmodify", &format!("{EVAN}delete: employeeType\n"));
    until("his token", || evan().starts_with("200"));
    let list = up.site.run(&["user", "--config", "site.conf", "list"]);
    assert!(list.stdout.contains("gone from LDAP") && list.stdout.contains("by LDAP"), "{list:?}");
    assert!(!said(&up).contains("readersecret") && !said(&up).contains("doras secret"));
}

#[test]
fn while_ldap_is_away_accounts_of_the_site_go_on_and_others_are_told() {
    let mut slapd = Slapd::start();
    let up = Up::start(&format!("{}look_again = 1\n", configuration(&slapd, true)));
    assert!(log_in(&up, "evan", "evans secret").starts_with("303 /\n"), "{}", said(&up));
    slapd.stop();
    until("the trouble", || said(&up).contains("nobody new of LDAP is let in and nobody is shut out"));

    let page = log_in(&up, "dora", "doras secret");
    let program = token(&up, "dora", "doras secret");
    assert!(page.starts_with("503") && page.contains("LDAP server that knows the passwords"), "{page}");
    assert!(program.starts_with("503") && program.contains("urn:img:"), "{program}");
    up.log_in("ana", "ana"); // who has a password of the site
    assert!(up.page("evan", &[], "/me").starts_with("200"), "who is inside stays there");
    let (ran, line) = doctor(&up);
    assert_eq!((ran.status, &line["works"]), (Some(1), &false.into()), "{ran:?}");
    assert!(line["reason"].as_str().unwrap().contains("cannot be asked: connecting failed"), "{line}");

    slapd.start_again();
    until("the answer", || said(&up).contains("answers again"));
    assert!(log_in(&up, "dora", "doras secret").starts_with("303 /\n"));
    let told = said(&up).matches("nobody new of LDAP is let in").count();
    assert_eq!(told, 1, "it is told once: {}", said(&up));
}

#[test]
fn nobody_is_let_in_by_a_server_whose_certificate_is_not_known() {
    let slapd = Slapd::start();
    for with_bind in [true, false] {
        let good = configuration(&slapd, with_bind);
        let up = Up::start(&good.replace("/ca.pem", "/other.pem"));
        let page = log_in(&up, "dora", "doras secret");
        assert!(page.starts_with("503"), "{page}");
        let (ran, line) = doctor(&up);
        assert_eq!((ran.status, &line["works"]), (Some(1), &false.into()), "{ran:?}");
        assert!(line["reason"].as_str().unwrap().contains("[ldap] ca_file names"), "{line}");
        assert!(said(&up).contains("has a certificate that nobody signed"), "{}", said(&up));
        assert!(!accounts(&up).iter().any(|account| account["name"] == "dora"), "{page}");

        up.site.kickstart(
            "site.conf",
            format!("{good}verify_certificate = no\n").replace("/ca.pem", "/other.pem"),
        );
        assert_eq!(doctor(&up).1["works"], true, "whoever sets that is taken at their word");
    }
}

#[test]
fn where_a_name_tells_the_entry_nobody_else_has_to_read_it() {
    let slapd = Slapd::start();
    let up = Up::start(&configuration(&slapd, false));

    assert!(log_in(&up, "evan", "evans secret").starts_with("303 /\n"), "{}", said(&up));
    assert!(log_in(&up, "dora", "wrong").starts_with("403"));

    assert!(up.page("evan", &[], "/me").contains("ask for images"));
    assert!(said(&up).contains("is not asked who is still there"), "{}", said(&up));
    let (ran, line) = doctor(&up);
    assert!(
        line["works"] == true && line["reason"].as_str().unwrap().contains("without [ldap] bind_dn"),
        "{ran:?}"
    );
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_with_its_line_and_without_the_password() {
    let site = crate::program::Site::new();
    let secret = site.path().join("secret");
    site.kickstart("secret", "readersecret\n");
    site.kickstart(
        "site.conf",
        format!(
            "[ldap]\nuse_ldap = yes\nldap_server = ldap.example\nldap_dn_template = uid=%(user)s\nbind_dn = cn=x\n\
             bind_password_file = {}\n",
            secret.display()
        ),
    );

    let ran = site.run(&["up", "--config", "site.conf"]);
    let checked = site.run(&["config", "check", "--config", "site.conf"]);

    assert_eq!(ran.status, Some(1), "{ran:?}");
    for told in [&ran.stderr, &format!("{}{}", checked.stdout, checked.stderr)] {
        assert!(told.contains("site.conf:6: [ldap] bind_password_file names"), "{told}");
        assert!(told.contains("chmod o-rwx") && !told.contains("readersecret"), "{told}");
    }
}
