use config::{Configuration, Sources};

use super::people;

/// What is said of such lines.
fn told(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("site.conf");
    std::fs::write(&file, text.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
    std::fs::write(folder.path().join("open"), "secret").unwrap();
    let mut site = Configuration::read(&Sources::of_machine(Some(&file)));
    people(&mut site);
    let mistakes: Vec<_> = site.mistakes().iter().map(ToString::to_string).collect();
    mistakes.join("\n").replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn what_is_wrong_with_a_proxy_is_told_with_its_line() {
    for (lines, words) in [
        ("remote_user_header = X-Remote-User", "site.conf:2: [web] remote_user_header needs trusted_proxies"),
        ("trusted_proxies = 10.0.0.1", "site.conf:2: [web] trusted_proxies needs remote_user_header"),
        (
            "remote_user_header = X-Remote-User\ntrusted_proxies = 0.0.0.0/0",
            "site.conf:3: [web] trusted_proxies should be the addresses of proxies alone",
        ),
        (
            "remote_user_header = X-Remote-User\ntrusted_proxies = ::/0",
            "site.conf:3: [web] trusted_proxies should be the addresses of proxies alone",
        ),
        (
            "remote_user_header = X-Remote-User\ntrusted_proxies = proxy.example",
            "site.conf:3: [web] trusted_proxies should be addresses and networks",
        ),
        (
            "remote_user_header = Remote User\ntrusted_proxies = 127.0.0.1",
            "site.conf:2: [web] remote_user_header should be the name of a header of its own",
        ),
        (
            "remote_user_header = cookie\ntrusted_proxies = 127.0.0.1",
            "site.conf:2: [web] remote_user_header should be the name of a header of its own",
        ),
    ] {
        let told = told(&format!("[web]\n{lines}\n"));
        assert!(told.starts_with(words), "{words}: {told}");
    }
    assert_eq!(
        told("[web]\nremote_user_header = X-Remote-User\ntrusted_proxies = 10.1.0.0/16, 127.0.0.1\n"),
        ""
    );
}

#[cfg(feature = "ldap")]
#[test]
fn what_is_wrong_with_ldap_is_told_with_its_line() {
    let template = "ldap_dn_template = uid=%(user)s,dc=x\n";
    let server = "ldap_server = ldaps://ldap.example\n";
    for (lines, words) in [
        (template.to_owned(), "site.conf: [ldap] ldap_server is missing: the server"),
        (server.to_owned(), "site.conf: [ldap] ldap_dn_template is missing"),
        (format!("{server}use_search = yes\n"), "site.conf: [ldap] ldap_base_dn is missing"),
        (
            format!("ldap_server = ldap.example\n{template}"),
            "site.conf:3: [ldap] ldap_server should begin with ldaps:// or ldap://, as ldaps://ldap.example, not `ldap.example`",
        ),
        (
            format!("{server}ldap_dn_template = uid=user,dc=x\n"),
            "site.conf:4: [ldap] ldap_dn_template has no %(user)s in it",
        ),
        (
            format!("{server}use_search = yes\nldap_base_dn = dc=x\nldap_filter = (uid=%(user)s\n"),
            "site.conf:6: [ldap] ldap_filter is no filter of LDAP",
        ),
        (
            format!("{server}{template}group_base_dn = dc=x\ngroup_filter = member\n"),
            "site.conf:6: [ldap] group_filter is no filter of LDAP",
        ),
        (
            format!("{server}{template}groups = makers\n"),
            "site.conf:5: [ldap] groups should be groups of this site with those of LDAP",
        ),
        (
            format!("{server}{template}bind_dn = cn=x\n"),
            "site.conf:5: [ldap] bind_dn needs bind_password_file",
        ),
        (
            format!("{server}{template}bind_password_file = FOLDER/open\n"),
            "site.conf:5: [ldap] bind_password_file needs bind_dn",
        ),
        (
            format!("{server}{template}bind_dn = cn=x\nbind_password_file = FOLDER/open\n"),
            "site.conf:6: [ldap] bind_password_file names open, which everybody on this machine can read: chmod o-rwx open",
        ),
        (
            format!("{server}{template}ca_file = FOLDER/none\n"),
            "site.conf:5: [ldap] ca_file names none, which is of no use: ",
        ),
        (
            format!("{server}{template}ca_file = FOLDER/open\n"),
            "site.conf:5: [ldap] ca_file names open, which is of no use: it holds no certificate",
        ),
        (
            format!("{server}{template}timeout = soon\n"),
            "site.conf:5: [ldap] timeout should be a number of seconds",
        ),
    ] {
        let told = told(&format!("[ldap]\nuse_ldap = yes\n{lines}"));
        assert!(told.starts_with(words), "{words}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
    assert_eq!(told(&format!("[ldap]\nuse_ldap = yes\n{server}{template}")), "");
    assert_eq!(
        told("[ldap]\nuse_ldap = no\nldap_server = nonsense\n"),
        "",
        "what is not used is not looked at"
    );
    // where an old site has it
    assert_eq!(told(&format!("[web]\nuse_ldap = yes\n{server}{template}")), "");
}
