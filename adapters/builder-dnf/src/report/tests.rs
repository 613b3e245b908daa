use imaging::testing::build_request;
use imaging::{Arch, BuildRequest, ImageType};

use super::*;
use crate::plan::plan;

/// Reads what dnf said once.
fn recorded(name: &str) -> Vec<String> {
    let path = format!("{}/fixtures/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn planned() -> Plan {
    let kickstart = "repo --name=demo --baseurl=http://repo.example/x\n%packages\nbash\nnosuch\nnosuch2\n@nogroup\n%end\n";
    let request = BuildRequest { arch: Arch::host().unwrap(), ..build_request(ImageType::Fs, kickstart) };
    plan(&request).unwrap()
}

#[test]
fn each_failure_is_one_sentence_that_leads_to_its_line() {
    for (name, sentence) in [
        ("missing", "no package matches nosuch (line 4), nosuch2 (line 5)"),
        ("no-group", "no repository has the package group @nogroup (line 6)"),
        (
            "unresolvable",
            "the packages cannot be installed together: nothing provides nosuchthing >= 9 needed by missingdep-1.0-1.noarch",
        ),
        (
            "refused",
            "repository demo (line 1) cannot be read at http://repo.example/x: Failed to connect to 127.0.0.1 port 9 \
             after 0 ms: Couldn't connect to server",
        ),
        (
            "not-found",
            "repository demo (line 1) cannot be read at http://repo.example/x: the server answered 404",
        ),
        (
            "no-host",
            "repository demo (line 1) cannot be read at http://repo.example/x: Could not resolve host: repo.invalid",
        ),
        ("unsigned", "package bash-5.2.15-2+b13.x86_64.rpm is not signed, and its repository has a --gpgkey"),
    ] {
        assert_eq!(failure(&recorded(name), &planned(), Arch::host().unwrap()), sentence, "{name}");
    }
}

#[test]
fn for_a_foreign_architecture_the_sentence_names_it() {
    let said = failure(&recorded("missing"), &planned(), "i586".parse().unwrap());

    assert_eq!(said, "no package matches nosuch (line 4), nosuch2 (line 5) for i586");
}

#[test]
fn what_nobody_foresaw_is_passed_on() {
    let words = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();

    assert_eq!(
        failure(&words("x\nError: something new\n"), &planned(), Arch::host().unwrap()),
        "dnf could not install the packages: something new"
    );
    assert_eq!(
        failure(&words(""), &planned(), Arch::host().unwrap()),
        "dnf could not install the packages and did not say why"
    );
}

#[test]
fn progress_is_read_from_the_transaction() {
    let seen: Vec<_> = recorded("installed").iter().filter_map(|line| installed(line)).collect();

    assert_eq!((seen.first(), seen.last()), (Some(&(1, 9)), Some(&(9, 9))));
    assert!(seen.is_sorted(), "{seen:?}");
}

#[test]
fn progress_is_read_from_the_download() {
    let line = "(3/8): busybox-1.35.0-4.x86_64.rpm              43 MB/s | 1.1 MB     00:00    ";

    assert_eq!(downloaded(line), Some((3, 8)));
    assert_eq!(downloaded("(try to add '--skip-broken' to skip uninstallable packages)"), None);
}

#[test]
fn passwords_in_addresses_are_not_shown() {
    assert_eq!(without_password("https://me:p@ss@host/x@y"), "https://host/x@y");
    assert_eq!(without_password("http://host/x"), "http://host/x");
}

#[test]
fn what_failed_without_failing_dnf_is_a_warning() {
    let wanted = planned().wanted;
    let failed = "the POSTIN scriptlet of package badpost failed; the log says what it printed";
    let left_out = "no package matches nosuch (line 4), and --ignoremissing leaves it out";

    assert_eq!(failed_scriptlets(&recorded("installed")), [failed]);
    assert_eq!(warnings(&recorded("installed"), &wanted), Vec::<String>::new());
    assert_eq!(warnings(&recorded("missing-ignored"), &wanted), [left_out]);
}

#[test]
fn a_package_of_a_group_that_is_missing_is_a_warning_unless_it_is_excluded() {
    let lines =
        ["No match for group package \"gone\"", "No match for group package \"left-out\""].map(str::to_owned);
    let excluded =
        |name: &str| Wanted { excluded: vec![Named { name: name.into(), line: 1 }], ..Wanted::default() };

    for pattern in ["left-out", "left*"] {
        assert_eq!(warnings(&lines, &excluded(pattern)), ["no repository has the package gone of a group"]);
    }
}

#[test]
fn what_dnf_leaves_out_must_be_allowed() {
    let host = Arch::host().unwrap();
    let allowed =
        |ignore_missing, ignore_broken| Wanted { ignore_missing, ignore_broken, ..planned().wanted };
    let broken = "the packages cannot be installed together: nothing provides nosuchthing >= 9 needed by missingdep-1.0-1.noarch";
    for (name, wanted, said) in [
        ("missing-ignored", allowed(true, false), None),
        ("missing-ignored", allowed(false, true), Some("no package matches nosuch (line 4)")),
        ("broken-ignored", allowed(false, true), None),
        ("broken-ignored", allowed(true, false), Some(broken)),
        (
            "only-broken-ignored",
            allowed(true, true),
            Some("of the packages the kickstart asks for, none can be installed"),
        ),
        ("installed", allowed(false, false), None),
    ] {
        assert_eq!(left_out(&recorded(name), &wanted, host).as_deref(), said, "{name}");
    }
    let warned = "package missingdep-1.0-1.noarch cannot be installed with the others, and --ignorebroken leaves it out";
    assert_eq!(warnings(&recorded("broken-ignored"), &planned().wanted), [warned]);
}

#[test]
fn sizes_and_full_disks_are_recognised() {
    let size = |text: &str| installed_size(&[format!("Installed size: {text}")]);

    assert_eq!(installed_size(&recorded("installed")), Some((4.5 * f64::from(1 << 20)) as u64));
    assert_eq!((size("812"), size("3 k"), size("1.5 G")), (Some(812), Some(3072), Some(3 << 29)));
    assert!(is_full("Error: At least 17MB more space needed on the / filesystem."));
    assert!(is_full("cp: error writing 'x': No space left on device"));
    assert!(!is_full("all is well"));
}
