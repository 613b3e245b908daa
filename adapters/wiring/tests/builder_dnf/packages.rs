//! Options of %packages and of repositories, with packages made for it.

use std::path::Path;

use crate::support::{Scene, tool};
use imaging::ImageType;

/// Small packages, each for one question.
const SPEC: &str = r#"
Name: odd
Version: 1
Release: 1
Summary: Odd packages
License: MIT
BuildArch: noarch
%description
Odd packages.
%install
cd %{buildroot}
mkdir -p usr/share/odd usr/share/doc/odd usr/lib/systemd/system proc sys
echo d >usr/share/doc/odd/manual
for file in asker asked german both-1 both-2; do echo $file >usr/share/odd/$file; done
printf '[Unit]\n[Install]\nWantedBy=multi-user.target\nAlias=other.service\n' >usr/lib/systemd/system/odd.service
printf '[Unit]\n[Install]\nWantedBy=timers.target\n' >usr/lib/systemd/system/odd@.timer
printf '[Unit]\n' >usr/lib/systemd/system/bare.service
%define sub(r:) %%package -n %1 \
Summary: Odd \
%{-r:Recommends: %{-r*}} \
%%description -n %1 \
Odd.
%sub -r asked asker
%files -n asker
/usr/share/odd/asker
%sub asked
%files -n asked
/usr/share/odd/asked
%sub docs
%files -n docs
%doc /usr/share/doc/odd/manual
%lang(de) /usr/share/odd/german
%sub units
%files -n units
/usr/lib/systemd/system/*
%sub folders
%files -n folders
%dir %attr(0555,root,root) /proc
%dir %attr(0555,root,root) /sys
%sub badpre
%files -n badpre
%pre -n badpre -p <lua>
error("on purpose")
%sub both-1
%files -n both-1
/usr/share/odd/both-1
%sub both-2
%files -n both-2
/usr/share/odd/both-2
"#;

/// Makes a repository of the packages in [`SPEC`] below `folder`.
fn odd_repo(folder: &Path) -> String {
    let (repo, spec) = (folder.join("odd"), folder.join("odd.spec"));
    std::fs::create_dir(&repo).unwrap();
    std::fs::write(&spec, SPEC).unwrap();
    std::fs::write(folder.join(".rpmmacros"), "%_dbpath %{_topdir}/db\n").unwrap();
    let define = |name: &str, path: &Path| format!("--define={name} {}", path.display());
    tool(&[
        "env",
        &format!("HOME={}", folder.display()),
        "rpmbuild",
        "-bb",
        "--quiet",
        &define("_topdir", folder),
        &define("_rpmdir", &repo),
        spec.to_str().unwrap(),
    ]);
    tool(&["createrepo_c", "-q", repo.to_str().unwrap()]);
    format!("repo --name=odd --baseurl=file://{}", repo.display())
}

/// Builds an archive out of the odd packages; `ODD` stands for their repository.
async fn packed(kickstart: &str) -> (Vec<String>, Vec<String>) {
    let mut scene = Scene::new(ImageType::Fs, kickstart);
    scene.request.kickstart = scene.request.kickstart.replace("ODD", &odd_repo(scene.temp()));
    let made = scene.made().await;
    let list = tool(&["tar", "-tvzf", scene.file("demo.tar.gz").to_str().unwrap()]);
    let paths = list.lines().filter_map(|line| line.split_once(" ./").map(|(_, path)| path.to_owned()));
    (paths.collect(), made.warnings)
}

fn has(paths: &[String], path: &str) -> bool {
    paths.iter().any(|known| known.split(" -> ").next() == Some(path))
}

#[tokio::test]
async fn recommended_packages_come_along_unless_excluded() {
    for (options, comes) in [("", true), ("--exclude-weakdeps", false)] {
        let (paths, _) = packed(&format!("ODD\n%packages {options}\nasker\n%end\n")).await;
        assert_eq!((has(&paths, "usr/share/odd/asker"), has(&paths, "usr/share/odd/asked")), (true, comes));
    }
}

#[tokio::test]
async fn documentation_and_languages_can_be_left_out() {
    for (options, manual, german) in [
        ("", true, true),
        ("--excludedocs", false, true),
        ("--inst-langs=fi", true, false),
        ("--inst-langs=de", true, true),
    ] {
        let (paths, _) = packed(&format!("ODD\n%packages {options}\ndocs\n%end\n")).await;
        let found = (has(&paths, "usr/share/doc/odd/manual"), has(&paths, "usr/share/odd/german"));
        assert_eq!(found, (manual, german), "{options}");
    }
}

#[tokio::test]
async fn services_are_enabled_and_disabled_by_links() {
    let (paths, warnings) = packed(
        "ODD\nservices --enabled=odd,bare,odd@daily.timer\n%packages\nunits\n%end\n\
         services --disabled=other\n",
    )
    .await;

    let links: Vec<_> = paths.iter().filter(|path| path.contains(" -> ")).map(String::as_str).collect();
    assert_eq!(
        links,
        [
            "etc/systemd/system/multi-user.target.wants/odd.service -> /usr/lib/systemd/system/odd.service",
            "etc/systemd/system/other.service -> /usr/lib/systemd/system/odd.service",
            "etc/systemd/system/timers.target.wants/odd@daily.timer -> /usr/lib/systemd/system/odd@.timer",
        ]
    );
    assert_eq!(
        warnings,
        [
            "line 6: the image has no systemd unit other.service",
            "line 2: bare.service has no [Install] section, so it cannot be enabled",
        ]
    );
}

#[tokio::test]
async fn a_package_may_own_what_the_place_shows_as_its_own() {
    let (paths, warnings) = packed("ODD\n%packages\nfolders\n%end\n").await;

    assert!(has(&paths, "proc/") && has(&paths, "sys/"));
    assert_eq!(warnings, Vec::<String>::new());
}

#[tokio::test]
async fn repositories_offer_only_what_their_lines_let_through() {
    let (paths, _) = packed("ODD --excludepkgs=both-1\n%packages\nboth-*\n%end\n").await;
    assert_eq!((has(&paths, "usr/share/odd/both-1"), has(&paths, "usr/share/odd/both-2")), (false, true));
    let (paths, _) = packed("ODD --includepkgs=both-1\n%packages\nboth-*\n%end\n").await;
    assert_eq!((has(&paths, "usr/share/odd/both-1"), has(&paths, "usr/share/odd/both-2")), (true, false));
}

#[tokio::test]
async fn a_package_whose_own_preparation_fails_fails_the_build() {
    let mut scene = Scene::new(ImageType::Fs, "ODD\n%packages\nbadpre\n%end\n");
    scene.request.kickstart = scene.request.kickstart.replace("ODD", &odd_repo(scene.temp()));

    assert_eq!(
        scene.reason().await,
        "the PREIN scriptlet of package badpre failed, so that it could not be installed"
    );
}
