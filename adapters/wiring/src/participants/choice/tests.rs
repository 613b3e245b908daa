use super::*;

#[test]
fn a_workitem_chooses_only_where_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(Some(folder.path().to_owned())).unwrap();
    let of = |usual, may_choose| Choice {
        dnf: Box::new(imaging::testing::Canned::Makes),
        usual,
        may_choose,
        at: At::Host,
        settings: Box::new(|tool, _| Settings::usual(tool, PathBuf::from("/nowhere"))),
        machines: Machines::of(&of_machine(), &state),
        priority: Priority::default(),
    };
    let ask = |choice: &Choice, options: &[&str]| {
        let mut request = BuildRequest {
            extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
            ..imaging::testing::build_request(imaging::ImageType::Raw, "")
        };
        choice.choose(&mut request).map(|usual| (usual, request.extra_opts))
    };
    let (person, site) = (of(Usual::Dnf, true), of(Usual::Dnf, false));

    assert_eq!(
        ask(&person, &["-v", "--builder=mic"]),
        Ok((Usual::Mic(Tool::Mic, At::Host), vec!["-v".into()]))
    );
    assert_eq!(ask(&site, &["--builder=auto"]), Ok((Usual::Dnf, vec![])));
    assert_eq!(ask(&site, &["--builder=dnf"]), Ok((Usual::Dnf, vec![])));
    assert!(ask(&site, &["--builder=mic"]).unwrap_err().contains("are not for a workitem to say"));
    let in_vm = ["--builder=mic2", "--place=vm"];
    assert_eq!(ask(&person, &in_vm), Ok((Usual::Mic(Tool::Mic2, At::Vm), vec![])));
    let site_in_vm = of(Usual::Mic(Tool::Mic2, At::Vm), false);
    assert_eq!(ask(&site_in_vm, &in_vm), Ok((Usual::Mic(Tool::Mic2, At::Vm), vec![])));
    assert!(ask(&site_in_vm, &["--place=host"]).unwrap_err().contains("are not for a workitem to say"));
    assert!(ask(&person, &["--place=moon"]).unwrap_err().contains("there are userns, host and vm"));
    assert!(ask(&person, &["--builder=yum"]).unwrap_err().contains("there are dnf, mic and mic2"));
    assert_eq!(
        ask(&of(Usual::Mic(Tool::Mic, At::Host), false), &[]),
        Ok((Usual::Mic(Tool::Mic, At::Host), vec![]))
    );
}
