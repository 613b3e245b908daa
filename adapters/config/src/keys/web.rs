//! The web interface of the old versions, and what they had around it.

use super::{Key, Kind};

const WEB: &str = "web";
const LDAP: &str = "ldap";
const PROCESSES: &str = "processes";

const NO_WEB: &str = "the pages of `img up` do without it";
const SYSTEMD: &str = "it is obsolete: systemd starts participants, and keeps their logs";
const ONE_BROKER: &str = "it is obsolete: the only broker is that of [boss]";

pub(super) const KEYS: &[Key] = &[
    Key::new(WEB, "serve", Kind::YesNo, "whether `img up` shows pages and answers programs").value("yes").example("yes"),
    Key::new(
        WEB,
        "listen",
        Kind::Listen,
        "where it does; it speaks no TLS, so leave it on this machine and put a proxy in front",
    )
    .value("127.0.0.1:8088")
    .example("127.0.0.1:8088"),
    Key::new(
        WEB,
        "requests_per_second",
        Kind::Number("requests", 1),
        "how often one client may ask, ten times as much at once; a token, an account that is logged in, or the address of whoever is neither",
    )
    .value("50")
    .example("50"),
    Key::new(
        WEB,
        "files_from",
        Kind::List(','),
        "addresses of other workers' files, beside that of [worker] base_url; nothing is fetched from elsewhere",
    )
    .example("http://worker2.example/images"),
    web("url_prefix", Kind::Text, "first part of the paths", "img"),
    web("doc_root", Kind::Folder, "folder of the web server", "/srv/www/"),
    web("static_media_collect", Kind::Folder, "folder of scripts and styles", "/srv/www/img/site_media"),
    Key::new(WEB, "templates_dir", Kind::Folder, "folder of the kickstarts to choose from")
        .otherwise("`img ks templates` is told")
        .example("/srv/www/img/templates")
        .old(&[("worker", "templates_dir")]),
    Key::new(WEB, "features_dir", Kind::Folder, "folder of the features to choose from")
        .otherwise("`img ks templates` is told")
        .example("/srv/www/img/features"),
    Key::new(WEB, "use_http_remote_user", Kind::YesNo, "whether the web server logs people in")
        .example("no")
        .unused("it is not enough to be safe: `remote_user_header` and `trusted_proxies` have come in its place"),
    Key::new(WEB, "remote_user_header", Kind::Text, "the header by which a proxy says who looks at pages; needs `trusted_proxies`")
        .otherwise("people log in here")
        .example("X-Remote-User"),
    Key::new(WEB, "trusted_proxies", Kind::Networks, "the proxies that are believed; the header does not count from elsewhere")
        .example("127.0.0.1"),
    Key::new(WEB, "remote_user_groups", Kind::List(','), "groups of people whom the proxy names for the first time")
        .example("makers"),
    Key::new(WEB, "secret_key", Kind::Secret, "what cookies are signed with").unused(NO_WEB),
    Key::new(WEB, "comm_method", Kind::Text, "how the first version sent jobs")
        .example("amqp")
        .unused("it is obsolete: jobs go by the queues of [boss]"),
    Key::new(LDAP, "use_ldap", Kind::YesNo, "whether `img up` has people log in by LDAP, beside accounts of its own")
        .value("no")
        .example("yes")
        .old(&[(WEB, "use_ldap")]),
    Key::new(LDAP, "ldap_server", Kind::Address, "the server, as `ldaps://…` or `ldap://…`")
        .example("ldaps://ldap.example")
        .old(&[(WEB, "ldap_server")]),
    ldap("starttls", Kind::YesNo, "whether `ldap://…` is encrypted; `no` has passwords go over the network in the clear", "yes").value("yes"),
    ldap("verify_certificate", Kind::YesNo, "whether the server's certificate is checked; `no` lets whoever is in between read passwords", "yes")
        .value("yes"),
    ldap("ca_file", Kind::File, "the certificates of who signs that of the server", "/etc/ssl/certs/example.pem").otherwise("whom the system trusts"),
    ldap("timeout", Kind::Number("seconds", 1), "how long one question may take", "10").value("10"),
    ldap("use_search", Kind::YesNo, "whether a person's entry is searched for, rather than named by the template", "no").value("no"),
    Key::new(LDAP, "ldap_dn_template", Kind::Pattern, "a person's entry; `%(user)s` is the name")
        .example("uid=%(user)s,ou=people,dc=example,dc=com")
        .old(&[(WEB, "ldap_dn_template")]),
    ldap("ldap_base_dn", Kind::Text, "where entries are searched for", "ou=people,dc=example,dc=com"),
    ldap("ldap_filter", Kind::Pattern, "which entry is a person's; `%(user)s` is the name", "(uid=%(user)s)").value("(uid=%(user)s)"),
    ldap("bind_dn", Kind::Text, "who reads entries, and says later who is still there", "cn=reader,dc=example,dc=com"),
    ldap("bind_password_file", Kind::File, "the file of its password, which not everybody may read", "/etc/skynet/ldap.secret"),
    ldap("ldap_user_attr", Kind::Text, "attribute of the name people log in with", "uid").value("uid"),
    ldap("ldap_mail_attr", Kind::Text, "attribute of the e-mail address", "mail").value("mail"),
    ldap("ldap_fname_attr", Kind::Text, "attribute of the first name", "givenName").value("givenName"),
    ldap("ldap_lname_attr", Kind::Text, "attribute of the last name", "sn").value("sn"),
    ldap(
        "groups",
        Kind::Text,
        "groups of this site with those of LDAP whose members are in them, a bar between two; `*` is everybody",
        "makers: * | administrators: cn=img-admins,ou=groups,dc=example,dc=com",
    ),
    ldap("group_base_dn", Kind::Text, "where groups are searched for", "ou=groups,dc=example,dc=com")
        .otherwise("`memberOf` of the entry counts"),
    ldap("group_filter", Kind::Pattern, "which groups somebody is in; `%(dn)s` is their entry, `%(user)s` the name", "(member=%(dn)s)")
        .value("(member=%(dn)s)"),
    ldap("look_again", Kind::Number("seconds", 1), "how often `bind_dn` asks who is still there", "900").value("900"),
    Key::new("notify", "enabled", Kind::YesNo, "whether people are told of their images")
        .example("yes")
        .unused(NO_WEB),
    Key::new("test", "enabled", Kind::YesNo, "whether images can be tested").example("yes").unused(NO_WEB),
    Key::new("test", "devicegroup", Kind::Text, "devices tests run on")
        .example("devicegroup:mygroup")
        .unused(NO_WEB),
    Key::new(PROCESSES, "process_dir", Kind::Folder, "folder that other keys of this section may name")
        .example("/usr/share/img_web/processes"),
    Key::new(
        PROCESSES,
        "create_image_process",
        Kind::File,
        "definition of the process that `img up` launches for a new job; it begins with an `image.image_id`",
    )
    .otherwise("the one that comes with `img`")
    .example("%(process_dir)s/CREATE_IMAGE"),
    Key::new(
        PROCESSES,
        "lost_after",
        Kind::Number("seconds", 60),
        "a job under way that nobody said anything of for so long becomes ERROR, where no engine can be asked",
    )
    .value("172800")
    .example("172800"),
    Key::new(
        PROCESSES,
        "keep_days",
        Kind::Number("days", 1),
        "a job that is over for so long is deleted with its files, unless it is pinned",
    )
    .otherwise("jobs are kept")
    .example("90"),
    process("getlog_process", Kind::File, "process that fetches a log", "%(process_dir)s/UPDATE_STATUS"),
    process("notify_process", Kind::File, "process that tells people", "%(process_dir)s/NOTIFY_IMAGE"),
    process("test_process", Kind::File, "process that tests an image", "%(process_dir)s/TEST_IMAGE"),
    process("delete_process", Kind::File, "process that deletes a job", "%(process_dir)s/DELETE_IMAGE"),
    old("amqp", "amqp_host", Kind::Host, "host of the first version's own broker", ONE_BROKER),
    old("amqp", "amqp_user", Kind::Text, "user of it", ONE_BROKER),
    old("amqp", "amqp_pwd", Kind::Secret, "password of it", ONE_BROKER),
    old("amqp", "amqp_vhost", Kind::Text, "virtual host of it", ONE_BROKER),
    old("daemon", "daemon", Kind::YesNo, "whether it goes to the background", SYSTEMD),
    old("daemon", "logfile", Kind::File, "its log", SYSTEMD),
    old("daemon", "pidfile", Kind::File, "the file of its number", SYSTEMD),
    old("daemon", "runas_user", Kind::Text, "who runs it", SYSTEMD),
    old("daemon", "runas_group", Kind::Text, "which group runs it", SYSTEMD),
    old(
        "daemon",
        "participant_name",
        Kind::Text,
        "its name",
        "it is obsolete: [participant] name is the name",
    ),
];

const fn web(name: &'static str, kind: Kind, meaning: &'static str, example: &'static str) -> Key {
    Key::new(WEB, name, kind, meaning).example(example).unused(NO_WEB)
}

const fn ldap(name: &'static str, kind: Kind, meaning: &'static str, example: &'static str) -> Key {
    Key::new(LDAP, name, kind, meaning).example(example)
}

const fn process(name: &'static str, kind: Kind, meaning: &'static str, example: &'static str) -> Key {
    Key::new(PROCESSES, name, kind, meaning).example(example).unused(NO_WEB)
}

const fn old(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    why: &'static str,
) -> Key {
    Key::new(section, name, kind, meaning).unused(why)
}
