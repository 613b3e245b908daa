//! Orders that no build of this machine could do are refused at the desk, in the words of the builder.
//!
//! Only what is built here by dnf, by the process that comes with `img`, can be foreseen: a BOSS, a process of the site, or
//! mic may do other things with an order.

use std::sync::{PoisonError, RwLock};

use builder_dnf::{Part, Reach, foresee};
use config::Configuration;
use imaging::{BuildRequest, ExtraRepo, Foresight, ImageId, ImageName, Mistake, NewJob};
use img_kickstart::{Kickstart, NewRepo, Rules, check_with, read_tokenmap, repo_name_from_url};
use participant_core::async_trait;

use crate::participants::{BUILDER_OPTION, PLACE_OPTION, is_dnf_of_site, reach};
use crate::site::Launching;
use crate::state::State;

/// What is known of the builds of a site.
pub(crate) struct OfBuilds {
    is_launched_here: bool,
    state: State,
    /// What they reach; none where nobody knows what they can do.
    reach: RwLock<Option<Reach>>,
}

impl OfBuilds {
    /// Reads what builds can do.
    pub(crate) fn of_site(site: &Configuration, launching: &Launching, state: &State) -> OfBuilds {
        let is_launched_here = launching.broker.is_none() && launching.create_image.is_none();
        let new = OfBuilds { is_launched_here, state: state.clone(), reach: RwLock::new(None) };
        new.read_again(site);
        new
    }

    /// Takes a configuration that was read again.
    pub(crate) fn read_again(&self, site: &Configuration) {
        let is_known = self.is_launched_here && is_dnf_of_site(site, &self.state);
        *self.reach.write().unwrap_or_else(PoisonError::into_inner) = is_known.then(|| reach(site));
    }
}

#[async_trait]
impl Foresight for OfBuilds {
    async fn mistakes(&self, order: &NewJob) -> Vec<Mistake> {
        let reach = self.reach.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(reach) = reach else { return Vec::new() };
        let order = order.clone();
        // a kickstart of 10 MB takes a while
        let foreseen = tokio::task::spawn_blocking(move || mistakes(&order, &reach).err());
        match foreseen.await {
            Ok(mistake) => mistake.into_iter().collect(),
            Err(died) => {
                tracing::error!("cannot say whether an order could be built: {died}");
                Vec::new()
            }
        }
    }
}

/// Does what build_ks and build_image would do, up to the moment when something runs.
fn mistakes(order: &NewJob, reach: &Reach) -> Result<(), Mistake> {
    let (Ok(name), Ok(image_type), Ok(arch)) =
        (ImageName::parse(&order.name), order.image_type.parse(), order.arch.parse())
    else {
        return Ok(()); // told already
    };
    let mut kickstart = Kickstart::parse(order.kickstart.as_str());
    let rules = Rules::default().include_allowed(false);
    if check_with(&kickstart, &rules).iter().any(img_kickstart::Diagnostic::is_error) {
        return Ok(()); // by whoever shows each mistake with its line
    }
    let request = |kickstart: &Kickstart, extra_opts: Vec<String>| BuildRequest {
        image_id: ImageId::reduce("order").expect("an id"),
        name: name.clone(),
        image_type,
        arch,
        kickstart: kickstart.to_text().into_owned(),
        added_lines: kickstart.added_lines().to_vec(),
        tokens: read_tokenmap(&order.tokenmap).unwrap_or_default(), // of one that is none, others tell
        extra_opts,
        post_creation: None,
        folder: "/nowhere".into(),
        log: "/nowhere/log".into(),
    };
    let mistake = |field| move |why: String| Mistake { field, why: format!("cannot be built: {why}") };
    let options = options(&order.extra_opts).map_err(mistake("extra_opts"))?;
    if !order.extra_repos.is_empty() {
        let mut alone = Kickstart::parse("part / --size=64\n%packages\nfilesystem\n%end\n");
        add_repos(&mut alone, &order.extra_repos).map_err(mistake("extra_repos"))?;
        if let Err((Part::Kickstart, why)) = foresee(&request(&alone, Vec::new()), reach) {
            return Err(mistake("extra_repos")(why));
        }
    }
    add_repos(&mut kickstart, &order.extra_repos).map_err(mistake("extra_repos"))?;
    let (groups, packages): (Vec<&str>, Vec<&str>) =
        order.overlay.iter().map(String::as_str).partition(|package| package.starts_with('@'));
    let added = kickstart.add_packages(&packages).and_then(|_| kickstart.add_groups(&groups));
    added.map_err(|wrong| mistake("overlay")(wrong.to_string()))?;
    foresee(&request(&kickstart, options), reach).map_err(|(part, why)| {
        mistake(match part {
            Part::Type => "image_type",
            Part::Options => "extra_opts",
            Part::Kickstart => "kickstart",
        })(why)
    })
}

/// Returns the options that are the builder's own, without the words that choose it.
fn options(words: &[String]) -> Result<Vec<String>, String> {
    let of_choice = |word: &str| word.starts_with(BUILDER_OPTION) || word.starts_with(PLACE_OPTION);
    let is_usual =
        |word: &str| matches!(word.split_once('=').map(|(_, value)| value), Some("dnf" | "auto" | "userns"));
    if let Some(word) = words.iter().find(|word| of_choice(word) && !is_usual(word)) {
        return Err(format!("{word} is not for an order to say: [worker] builder and use_kvm say it"));
    }
    Ok(words.iter().filter(|word| !of_choice(word)).cloned().collect())
}

fn add_repos(kickstart: &mut Kickstart, repos: &[ExtraRepo]) -> Result<(), String> {
    let named: Vec<(String, &str)> = repos
        .iter()
        .map(|repo| match repo {
            ExtraRepo::Address(url) => (repo_name_from_url(url), url.as_str()),
            ExtraRepo::Named { name, url } => (name.clone(), url.as_str()),
        })
        .collect();
    let new: Vec<_> = named.iter().map(|(name, url)| NewRepo { name, url, options: &["--save"] }).collect();
    kickstart.add_repos(&new).map(drop).map_err(|wrong| wrong.to_string())
}

#[cfg(test)]
mod tests {
    use builder_dnf::LocalSources;

    use super::*;

    fn order() -> NewJob {
        NewJob {
            name: "demo".into(),
            image_type: "raw".into(),
            arch: "x86_64".into(),
            kickstart:
                "part / --size=64\nrepo --name=r --baseurl=http://r.example/@R@\n%packages\nbusybox\n%end\n"
                    .into(),
            tokenmap: "R:1".into(),
            ..NewJob::default()
        }
    }

    #[test]
    fn an_order_is_refused_for_what_the_builder_would_refuse() {
        let reach = Reach { local_sources: LocalSources::Only(vec![]), ..Reach::default() };
        let foreseen = |order: NewJob| mistakes(&order, &reach).err().map(|one| (one.field, one.why));
        let none = "part / --size=64\n%packages\nbusybox\n%end\n";
        let ks = |text: &str| NewJob { kickstart: text.into(), ..order() };
        let repo = |url: &str| NewJob { extra_repos: vec![ExtraRepo::Address(url.into())], ..order() };
        let opts = |word: &str| NewJob { extra_opts: vec![word.into()], ..order() };
        let url = "http://r.example/x";
        assert_eq!(foreseen(order()), None);
        assert_eq!(foreseen(NewJob { extra_repos: vec![ExtraRepo::Address(url.into())], ..ks(none) }), None);
        assert_eq!(foreseen(opts("--builder=auto")), None);
        for (order, field, words) in [
            (ks(none), "kickstart", "the kickstart names no repository"),
            (
                ks("part / --size=64\n\nrepo --name=r --baseurl=javascript:alert(1)\n"),
                "kickstart",
                "(line 3)",
            ),
            (
                NewJob {
                    extra_repos: repo(url).extra_repos,
                    ..ks("part /a --size=9\n%packages\nbusybox\n%end\n")
                },
                "kickstart",
                "no `part` line",
            ),
            (repo("javascript:alert(1)"), "extra_repos", "should begin with http://"),
            (repo("file:///etc"), "extra_repos", "[worker] local_sources"),
            (opts("--cachedir=/etc"), "extra_opts", "does not take --cachedir"),
            (opts("--teleport"), "extra_opts", "has no option `--teleport`"),
            (opts("--builder=mic"), "extra_opts", "is not for an order to say"),
            (NewJob { image_type: "nand".into(), ..order() }, "image_type", "only made by mic"),
            (NewJob { overlay: vec!["a b".into()], ..order() }, "overlay", "a b"),
        ] {
            let (about, why) = foreseen(order).unwrap_or_else(|| panic!("{words} was not foreseen"));
            assert!(about == field && why.contains(words), "{field}, {words}: {about} {why}");
        }
        assert_eq!(foreseen(ks("nonsense\n")), None, "told with its line by others");
    }
}
