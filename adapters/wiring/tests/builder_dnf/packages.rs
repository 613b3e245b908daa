//! Options of %packages and of repositories, with packages made for it.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::made::Repo;
use crate::server::{Server, file};
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
%define sub(r:q:) %%package -n %1 \
Summary: Odd \
%{-r:Recommends: %{-r*}} \
%{-q:Requires: %{-q*}} \
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
%sub -q nothing-like-this broken
%files -n broken
"#;

/// A group of which each package is there for another reason.
const GROUP: &str = "<?xml version=\"1.0\"?><comps><group><id>odd-group</id><name>Odd group</name><packagelist>\
    <packagereq type=\"mandatory\">both-1</packagereq><packagereq type=\"default\">both-2</packagereq>\
    <packagereq type=\"optional\">asked</packagereq><packagereq type=\"mandatory\">gone</packagereq>\
    </packagelist></group></comps>";

/// Makes a repository of the packages in [`SPEC`] below `folder`.
fn odd_repo(folder: &Path) -> String {
    let repo = Repo::new(folder, "odd").spec(SPEC, &[]).indexed(GROUP);
    format!("repo --name=odd --baseurl={}", repo.url())
}

/// Builds an archive out of the odd packages; `ODD` stands for their repository.
async fn packed(kickstart: &str) -> (Vec<String>, Vec<String>) {
    let (_, paths, warnings) = packed_in(kickstart).await;
    (paths, warnings)
}

async fn packed_in(kickstart: &str) -> (Scene, Vec<String>, Vec<String>) {
    let mut scene = Scene::new(ImageType::Fs, kickstart);
    scene.request.kickstart = scene.request.kickstart.replace("ODD", &odd_repo(scene.temp()));
    let made = scene.made().await;
    let list = tool(&["tar", "-tvzf", scene.file("demo.tar.gz").to_str().unwrap()]);
    let paths = list.lines().filter_map(|line| line.split_once(" ./").map(|(_, path)| path.to_owned()));
    let paths = paths.collect();
    (scene, paths, made.warnings)
}

fn has(paths: &[String], path: &str) -> bool {
    paths.iter().any(|known| known.split(" -> ").next() == Some(path))
}

#[tokio::test]
async fn recommended_packages_come_along_unless_excluded() {
    for (options, comes) in [("", true), ("--exclude-weakdeps", false), ("--excludeWeakdeps", false)] {
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
        ("--instLangs=de", true, true),
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

#[tokio::test]
async fn of_a_group_as_much_comes_along_as_its_line_says() {
    for (options, default, optional) in
        [("", true, false), ("--nodefaults", false, false), ("--optional", true, true)]
    {
        let (paths, warnings) = packed(&format!("ODD\n%packages\n@odd-group {options}\n%end\n")).await;
        let found = ["both-1", "both-2", "asked"].map(|name| has(&paths, &format!("usr/share/odd/{name}")));
        assert_eq!(found, [true, default, optional], "{options}");
        assert_eq!(warnings, ["no repository has the package gone of a group"]);
    }
}

#[tokio::test]
async fn packages_to_come_first_are_installed_before_the_others() {
    let history = "%post --nochroot --interpreter=/usr/bin/python3\nimport os, sqlite3\n\
        base = sqlite3.connect(os.environ['INSTALL_ROOT'] + '/var/lib/dnf/history.sqlite')\n\
        rows = base.execute('SELECT trans_id, name FROM trans_item JOIN rpm USING (item_id) ORDER BY trans_id, name')\n\
        print(*[f'{at}-{name}' for at, name in rows], file=open(os.environ['INSTALL_ROOT'] + '/order', 'w'))\n%end\n";
    let text = "ODD\n%prepackages\nboth-2\nasker\n%end\n%packages\nboth-1\n%end\n";
    let (scene, paths, warnings) = packed_in(&format!("{text}{history}")).await;

    assert!(has(&paths, "usr/share/odd/both-1") && has(&paths, "usr/share/odd/both-2"));
    assert_eq!(warnings, Vec::<String>::new());
    let archive = scene.file("demo.tar.gz");
    let order = tool(&["tar", "-xzOf", archive.to_str().unwrap(), "./order"]);
    assert_eq!(order, "1-asked 1-asker 1-both-2 2-both-1\n");
}

#[tokio::test]
async fn only_what_is_named_comes_along() {
    let (paths, warnings) = packed("ODD\n%packages --nocore\nboth-1\n%end\n").await;

    assert_eq!(warnings, Vec::<String>::new());
    let odd: Vec<_> = paths.iter().filter(|path| path.starts_with("usr/") && !path.ends_with('/')).collect();
    assert_eq!(odd, ["usr/share/odd/both-1"]);
}

#[tokio::test]
async fn broken_and_missing_packages_are_left_out_only_where_that_is_allowed() {
    let of = |options: &str| {
        let text = format!("ODD\n%packages {options}\nboth-1\nbroken\nnosuch\n%end\n");
        let mut scene = Scene::new(ImageType::Fs, &text);
        scene.request.kickstart = scene.request.kickstart.replace("ODD", &odd_repo(scene.temp()));
        scene
    };

    assert_eq!(of("--ignorebroken").reason().await, "no package matches nosuch (line 5)");
    assert_eq!(
        of("--ignoremissing").reason().await,
        "the packages cannot be installed together: nothing provides nothing-like-this needed by broken-1-1.noarch"
    );
    assert_eq!(
        of("--ignoremissing --ignorebroken").made().await.warnings,
        [
            "no package matches nosuch (line 5), and --ignoremissing leaves it out",
            "package broken-1-1.noarch cannot be installed with the others, and --ignorebroken leaves it out",
        ]
    );
}

#[tokio::test]
async fn an_image_of_which_everything_would_be_left_out_is_refused() {
    let scene = Scene::new(ImageType::Fs, "REPO\n%packages --ignorebroken\nmissingdep\n%end\n");

    assert_eq!(scene.reason().await, "of the packages the kickstart asks for, none can be installed");
}

#[tokio::test]
async fn packages_for_both_word_sizes_come_along_only_with_multilib() {
    let temp = tempfile::tempdir().unwrap();
    let repo = Repo::new(temp.path(), "dual");
    let repo = repo.package_for("x86_64", "dual", "1", "big").package_for("i686", "dual", "1", "small");
    let url = repo.indexed("").url();
    for (options, comes) in [("", false), ("--multilib", true)] {
        let text = format!("repo --name=dual --baseurl={url}\n%packages {options}\ndual\n%end\n");
        let scene = Scene::new(ImageType::Fs, &text);
        scene.made().await;
        let list = tool(&["tar", "-tzf", scene.file("demo.tar.gz").to_str().unwrap()]);
        let found =
            ["dual.x86_64", "dual.i686"].map(|name| list.contains(&format!("./usr/share/odd/{name}\n")));
        assert_eq!(found, [true, comes], "{options}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_after_the_timeout() {
    let temp = tempfile::tempdir().unwrap();
    let repo = Repo::new(temp.path(), "slow").package("pick", "1", "x").indexed("");
    let folder = repo.folder.clone();
    let server = Server::start(move |_, asked| match asked.target.ends_with(".rpm") {
        true => None,
        false => file(&folder, &asked.target),
    });
    let text = format!("repo --name=slow --baseurl={}\n%packages --timeout=1\npick\n%end\n", server.url);
    let start = Instant::now();

    let said = Scene::new(ImageType::Fs, &text).reason().await;

    assert!(start.elapsed() < Duration::from_secs(20), "dnf itself would wait half a minute, several times");
    assert_eq!(
        said,
        "package pick-1-1.noarch.rpm could not be downloaded: Operation too slow. Less than 1000 bytes/sec transferred \
         the last 1 seconds"
    );
}
