//! People whom a proxy names: nginx, as docs/accounts.md has it, and whoever says to be the proxy.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::ldap::blocks;
use crate::program::Ran;
use crate::support::{PATIENCE, Up};

const HEADER: &str = "X-Remote-User";

/// An nginx in front of a service, killed with the value.
struct Nginx {
    process: Child,
    address: String,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Nginx {
    fn start(up: &Up) -> Nginx {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let folder = up.site.path();
        let people = folder.join("people");
        std::fs::write(&people, "pia:{PLAIN}pias secret\nroot:{PLAIN}roots secret\n").unwrap();
        let block = &blocks("nginx", "location")[0];
        let block = block
            .replace("http://127.0.0.1:8088", &up.address)
            .replace("/etc/nginx/people", people.to_str().unwrap());
        assert!(block.contains(&up.address) && block.contains("X-Remote-User"), "{block}");
        let temp: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {}/{name};\n", folder.display()))
            .concat();
        // a user of the machine reads no folder of the test's; who is not root is asked for none
        let user = if nix::unistd::geteuid().is_root() { "user root;\n" } else { "" };
        let text = format!(
            "{user}daemon off;\nmaster_process off;\npid {0}/nginx.pid;\nerror_log {0}/nginx.log;\nevents {{}}\n\
             http {{\naccess_log off;\n{temp}server {{\nlisten {address};\n{block}}}\n}}\n",
            folder.display()
        );
        std::fs::write(folder.join("nginx.conf"), text).unwrap();
        let mut command = Command::new("/usr/sbin/nginx");
        command.arg("-e").arg(folder.join("nginx.log")).arg("-c").arg(folder.join("nginx.conf"));
        #[expect(clippy::disallowed_methods, reason = "the real proxy")]
        let process = command.spawn().expect("nginx is installed; .ci/need test installs it");
        let nginx = Nginx { process, address: format!("http://{address}") };
        let start = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            let log = std::fs::read_to_string(folder.join("nginx.log")).unwrap_or_default();
            assert!(start.elapsed() < PATIENCE, "nginx does not listen: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }

    /// Asks it as somebody with a password at the proxy; what comes begins with status and place.
    fn ask(&self, login: &str, arguments: &[&str], path: &str) -> String {
        let address = format!("{}{path}", self.address);
        ask(&[&["-u", login], arguments].concat(), &address)
    }
}

fn ask(arguments: &[&str], address: &str) -> String {
    let mut command = Command::new("curl");
    command.args(["-sS", "-m", "120", "-w", "\n%{http_code} %header{location}"]).args(arguments).arg(address);
    #[expect(clippy::disallowed_methods, reason = "the client of the program under test")]
    let ran = Ran::of(&command.output().unwrap());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let (text, about) = ran.stdout.rsplit_once('\n').unwrap();
    format!("{about}\n{text}")
}

fn configuration() -> String {
    blocks("ini", "[web]").concat()
}

#[test]
fn whom_nginx_lets_in_is_inside_by_the_name_they_have_there() {
    let up = Up::start(&configuration());
    let nginx = Nginx::start(&up);
    let pia = "pia:pias secret";

    assert!(ask(&[], &format!("{}/queue", nginx.address)).starts_with("401"), "nginx asks");
    assert!(nginx.ask("pia:wrong", &[], "/queue").starts_with("401"));
    let me = nginx.ask(pia, &[], "/me");
    assert!(
        me.starts_with("200") && me.contains("ask for images") && me.contains("It is not kept here"),
        "{me}"
    );
    let other = format!("{HEADER}: ana");
    let as_ana = nginx.ask(pia, &["-H", &other], "/me");
    assert!(as_ana.starts_with("200") && as_ana.contains("pia") && !as_ana.contains("ana@"), "{as_ana}");

    // a form of a page of this site, and one of another
    let form = ["-d", "label=laptop&scope=submit&days="];
    let made =
        nginx.ask(pia, &[&form[..], &["-H", &format!("Origin: {}", nginx.address)]].concat(), "/me/tokens");
    assert!(made.starts_with("200") && made.contains("img_"), "{made}");
    for header in ["Sec-Fetch-Site: cross-site", "Origin: https://evil.example"] {
        let sent = nginx.ask(pia, &[&form[..], &["-H", header]].concat(), "/me/tokens");
        assert!(sent.starts_with("403") && sent.contains("page of another site"), "{sent}");
    }
    let secret: String =
        made.split("img_").nth(1).unwrap().chars().take_while(char::is_ascii_alphanumeric).collect();
    let api = format!("{}/api/v1/me", nginx.address);
    let shown = ask(&["-H", &format!("Authorization: Bearer img_{secret}")], &api);
    assert!(shown.starts_with("200") && shown.contains(r#""name":"pia""#), "{shown}");
    assert!(ask(&["-H", &format!("{HEADER}: pia")], &api).starts_with("401"), "programs show a token");
    assert!(ask(&[], &format!("{}/metrics", nginx.address)).starts_with("403"));

    let out = nginx.ask(pia, &["-d", ""], "/logout");
    assert!(out.starts_with("409") && out.contains("log out there"), "{out}");
    let add =
        ["user", "--config", "site.conf", "add", "root", "--group", "administrators", "--login", "proxy"];
    let root = up.site.run(&add);
    assert_eq!((root.status, root.stderr.contains("no password yet")), (Some(0), false), "{root:?}");
    let audit = nginx.ask("root:roots secret", &[], "/admin/audit");
    assert!(audit.starts_with("200") && audit.contains("pia"), "{audit}");
    assert!(nginx.ask(pia, &[], "/admin/audit").starts_with("403"));
    let people = nginx.ask("root:roots secret", &[], "/admin/people");
    assert_eq!(people.matches(">by the proxy<").count(), 2, "{people}");
    assert!(people.contains("Invite ana to") && !people.contains("Invite pia to"), "{people}");
}

#[test]
fn the_header_counts_from_a_trusted_proxy_and_for_its_own_accounts_only() {
    let up = Up::start(&format!("{}requests_per_second = 2\n", configuration()));
    let page = format!("{}/me", up.address);
    let as_name =
        |name: &str, from: &str| ask(&["-H", &format!("{HEADER}: {name}"), "--interface", from], &page);

    assert!(as_name("pia", "127.0.0.1").starts_with("200"));
    let untrusted = as_name("pia", "127.0.0.2");
    assert!(untrusted.starts_with("303 /login"), "{untrusted}");
    let said = std::fs::read_to_string(up.site.path().join("up.said")).unwrap();
    assert!(
        said.contains("127.0.0.2 sends the header x-remote-user, and is none of [web] trusted_proxies"),
        "{said}"
    );
    let twice = ask(&["-H", &format!("{HEADER}: pia"), "-H", &format!("{HEADER}: ana")], &page);
    assert!(twice.starts_with("400"), "{twice}");
    let bad = as_name("../pia", "127.0.0.1");
    assert!(bad.starts_with("403") && bad.contains("can have no account"), "{bad}");

    let of_site = as_name("ana", "127.0.0.1");
    assert!(of_site.starts_with("403") && of_site.contains("img user add ana --login proxy"), "{of_site}");
    let handed = up.site.run(&["user", "--config", "site.conf", "add", "ana", "--login", "proxy"]);
    assert_eq!(handed.status, Some(0), "{handed:?}");
    assert!(as_name("ana", "127.0.0.1").starts_with("200"));
    let list = up.site.run(&["user", "--config", "site.conf", "list"]);
    assert_eq!(list.stdout.matches("by the proxy").count(), 2, "{list:?}");

    // all come from the address of the proxy, and each has a limit of their own
    let start = Instant::now();
    while !as_name("pia", "127.0.0.1").starts_with("429") {
        assert!(start.elapsed() < PATIENCE, "there is no limit");
    }
    for _ in 0..8 {
        assert!(as_name("pol", "127.0.0.1").starts_with("200"));
    }
    let passwd = up.site.run(&["user", "--config", "site.conf", "passwd", "ana"]);
    assert_eq!(passwd.status, Some(1), "{passwd:?}");
    assert!(passwd.stderr.contains("`img user add ana --login site` has it kept here"), "{passwd:?}");
}
