//! A slapd of Debian on free ports, with people in it and a certificate of its own.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CONFIG: &str = "
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile FOLDER/pid
TLSCACertificateFile FOLDER/ca.pem
TLSCertificateFile FOLDER/cert.pem
TLSCertificateKeyFile FOLDER/key.pem
database mdb
suffix dc=example,dc=org
rootdn cn=root,dc=example,dc=org
rootpw rootsecret
directory FOLDER/data
overlay memberof
access to attrs=userPassword by self write by anonymous auth by * none
access to * by dn=\"cn=reader,dc=example,dc=org\" read by users read by anonymous auth
";

const PEOPLE: &str = "dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: cn=reader,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: readersecret

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: uid=dora,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: dora
givenName: Dora
sn: Dale
cn: Dora Dale
mail: dora@example.org
userPassword: doras secret

dn: uid=evan,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: evan
sn: Evans
cn: Evan
userPassword: evans secret

dn: uid=odd\\2C name,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: odd, name
sn: Odd
cn: Odd
userPassword: odd secret

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: cn=img-admins,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: img-admins
member: uid=dora,ou=people,dc=example,dc=org
";

pub(crate) struct Slapd {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) plain: u16,
    pub(crate) tls: u16,
    process: Child,
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Slapd {
    pub(crate) fn start() -> Slapd {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("data")).unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        for (name, text) in [
            ("ca.pem", made.cert.pem()),
            ("cert.pem", made.cert.pem()),
            ("key.pem", made.signing_key.serialize_pem()),
            ("other.pem", rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem()),
            ("slapd.conf", CONFIG.replace("FOLDER", folder.path().to_str().unwrap())),
            ("reader.secret", "readersecret\n".to_owned()),
        ] {
            std::fs::write(at(name), text).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(at(name), mode).unwrap();
        }
        let (plain, tls) = (free(), free());
        let process = run(&folder, plain, tls);
        let slapd = Slapd { folder, plain, tls, process };
        slapd.wait();
        slapd.tool("ldapadd", PEOPLE);
        slapd
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Ends it; its data stay.
    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it on the data it had.
    pub(crate) fn start_again(&mut self) {
        self.process = run(&self.folder, self.plain, self.tls);
        self.wait();
    }

    fn wait(&self) {
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.tls)).is_err() {
            let said = || std::fs::read_to_string(self.path("said")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(60), "slapd does not listen: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Has ldapadd, ldapmodify or ldapdelete do what a text says.
    pub(crate) fn tool(&self, program: &str, text: &str) {
        let mut command = Command::new(program);
        command.args(["-x", "-H", &format!("ldap://127.0.0.1:{}", self.plain)]);
        command.args(["-D", "cn=root,dc=example,dc=org", "-w", "rootsecret"]).stdin(Stdio::piped());
        command.stdout(Stdio::null());
        #[expect(clippy::disallowed_methods, reason = "the client of the real server")]
        let mut child = command.spawn().expect("ldap-utils is installed; .ci/need test installs it");
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{program}: {text}");
    }
}

fn run(folder: &tempfile::TempDir, plain: u16, tls: u16) -> Child {
    let said = std::fs::File::create(folder.path().join("said")).unwrap();
    let mut command = Command::new("/usr/sbin/slapd");
    command.args(["-d", "0", "-h", &format!("ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{tls}")]);
    command.arg("-f").arg(folder.path().join("slapd.conf")).stderr(said);
    #[expect(clippy::disallowed_methods, reason = "the real server")]
    command.spawn().expect("slapd is installed; .ci/need test installs it")
}

fn free() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
