//! The table is in order, and its lines mean what they should.

use img_kickstart::table::{self, Dialect, Value};

#[test]
fn every_name_stands_in_the_table_once() {
    let mut names: Vec<&str> = table::commands().chain(table::sections()).map(|row| row.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();

    assert_eq!(names.len(), all);
    for row in table::commands().chain(table::sections()) {
        let options: Vec<&str> = row.options.iter().map(|option| option.name).collect();
        assert!(options.is_sorted_by(|a, b| a < b), "{}: {options:?}", row.name);
        assert!(options.iter().all(|option| option.starts_with("--")), "{}: {options:?}", row.name);
        assert!(row.one_of.iter().all(|name| options.contains(name)), "{}", row.name);
        assert!(row.arguments.0 <= row.arguments.1, "{}", row.name);
        assert!(table::command(row.name).or(table::section(row.name)).is_some(), "{}", row.name);
    }
}

#[test]
fn what_mic_adds_is_known() {
    const MIC: &[(&str, &str)] = &[
        ("desktop", "--defaultdesktop --autologinuser --defaultdm --session"),
        ("repo", "--save --proxy --proxyuser --proxypasswd --debuginfo --source --disable --gpgkey"),
        (
            "repo",
            "--ssl_verify --priority --nocache --name --baseurl --mirrorlist --cost --includepkgs --excludepkgs",
        ),
        (
            "bootloader",
            "--append --default --driveorder --lba32 --location --md5pass --password --timeout --upgrade",
        ),
        ("bootloader", "--menus --ptable"),
        (
            "part",
            "--active --asprimary --bytes-per-inode --end --fsoptions --fstype --grow --label --maxsize",
        ),
        (
            "part",
            "--noformat --onbiosdisk --ondisk --ondrive --onpart --usepart --recommended --size --start --type",
        ),
        ("partition", "--align --extoptions --part-type --uuid"),
        (
            "btrfs",
            "--noformat --useexisting --label --data --metadata --quota --subvol --parent --snapshot --name --base",
        ),
        ("installerfw_plugins", ""),
    ];
    for (command, options) in MIC {
        let row = table::command(command).unwrap();
        for option in options.split_whitespace() {
            let found = row.options.iter().find(|found| found.name == option);
            assert!(found.is_some_and(|found| found.dialect != Dialect::Past), "{command} {option}");
        }
    }
    for section in ["%pack", "%prepackages", "%attachment"] {
        assert_eq!(table::section(section).unwrap().dialect, Dialect::Mic);
    }
}

#[test]
fn what_pykickstart_knows_is_known() {
    let known: Vec<&str> = include_str!("fixtures/pykickstart.txt").lines().collect();
    assert!(known.len() > 70, "the fixture is not whole");
    for line in known {
        let (command, options) = line.split_once(' ').unwrap_or((line, ""));
        let row = table::command(command).unwrap_or_else(|| panic!("no row for {command}"));
        assert_ne!(row.dialect, Dialect::Past, "{command}");
        for option in options.split_whitespace() {
            let (name, takes_value) = option.strip_suffix('=').map_or((option, false), |name| (name, true));
            let found = row.options.iter().find(|found| found.name == name);
            let found = found.unwrap_or_else(|| panic!("{command} has no {name}"));
            assert_eq!(found.value != Value::Flag, takes_value, "{command} {name}");
            assert_ne!(found.dialect, Dialect::Past, "{command} {name}");
        }
    }
}
