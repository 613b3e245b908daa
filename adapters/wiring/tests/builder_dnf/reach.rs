//! What scripts and dnf reach of the network and of this machine where a site says how much.

use std::io::Write;
use std::net::TcpListener;

use builder_dnf::{LocalSources, Reach};
use child::Network;
use imaging::{Build, BuilderError, ImageBuilder, ImageType};

use crate::support::{Scene, repo};

/// Listens on every address of this machine.
fn listen() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|mut stream| stream.write_all(b"secret\n"));
        }
    });
    port
}

async fn build(scene: &Scene, scripts: Network, allowed: &[&str]) -> Result<Build, BuilderError> {
    let allowed = allowed.iter().map(|url| (*url).to_owned()).collect();
    let reach = Reach { scripts, local_sources: LocalSources::Only(allowed) };
    scene.builder().reaching(reach).build(&scene.request, scene).await
}

/// A kickstart whose scripts try to reach this machine, inside the image and beside it.
fn curious(port: u16) -> Scene {
    let knock = format!(
        "for a in 127.0.0.1 0.0.0.0 169.254.169.254; do (exec 3<>/dev/tcp/$a/{port} && cat <&3) 2>/dev/null; done"
    );
    Scene::new(
        ImageType::Fs,
        &format!(
            "REPO\n%pre --interpreter=/bin/bash\n({knock}) >$IMG_OUT_DIR/before\n%end\n%packages\nbash\nbusybox\n%end\n\
             %post --interpreter=/bin/bash --log=/after\n{knock}\ncat /etc/resolv.conf\n%end\n\
             %post --nochroot\ncat $INSTALL_ROOT/after >$IMG_OUT_DIR/after\n%end\n"
        ),
    )
}

#[tokio::test]
async fn scripts_reach_this_machine_only_where_the_site_says_so() {
    let port = listen();
    let local = format!("file://{}", repo());
    let allowed = [local.as_str()];
    for (network, answers) in [(Network::Host, 2), (Network::Outside(vec![]), 0), (Network::None, 0)] {
        let scene = curious(port);

        let built = build(&scene, network.clone(), &allowed).await.unwrap();

        assert!(matches!(built, Build::Made(_)), "{network:?}: {built:?}\n{}", scene.log());
        for file in ["before", "after"] {
            let said = std::fs::read_to_string(scene.file(file)).unwrap();
            assert_eq!(said.matches("secret").count(), answers, "{network:?} {file}: {said}");
            let asks_this_machine = said.lines().any(|line| line.starts_with("nameserver 127."));
            assert!(!asks_this_machine || network != Network::Outside(vec![]), "{said}");
        }
    }
}

#[tokio::test]
async fn what_is_on_this_machine_is_refused_before_anything_runs() {
    let scene = curious(1);

    let built = build(&scene, Network::None, &["file:///srv/other"]).await.unwrap();

    let Build::Failed { reason } = built else { panic!("{built:?}") };
    let expected = format!(
        "repository demo (line 1): file://{} is a folder or file of this machine, which a kickstart reaches only when \
         the site says so: name its beginning in [worker] local_sources, or use another address",
        repo()
    );
    assert_eq!(reason, expected);
    assert_eq!(scene.all_files(), [""; 0]);
}
