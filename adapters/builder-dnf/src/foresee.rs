//! What of an order no build could do, said before there is one; pure but for the question which programs run here.

use imaging::BuildRequest;

use crate::doctor::sample;
use crate::plan;
use crate::reach::Reach;

/// A part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The form of the image.
    Type,
    /// The options for the builder.
    Options,
    /// The kickstart, its repositories included.
    Kickstart,
}

/// Says why builds of a request are refused, whatever machine and network have to say to it: which part is to be mended,
/// and the sentence. A build reaches as little as `reach` says.
pub fn foresee(request: &BuildRequest, reach: &Reach) -> Result<(), (Part, String)> {
    let of = |part| move |why| (part, why);
    sample(request.image_type, request.arch, "part / --size=64\n", &[]).map_err(of(Part::Type))?;
    let request = plan::with_tokens(request).map_err(of(Part::Options))?;
    let plan = plan::plan(&request).map_err(of(Part::Kickstart))?;
    reach.check(&plan.sources).map_err(of(Part::Kickstart))
}

#[cfg(test)]
mod tests {
    use imaging::testing::build_request;

    use super::*;
    use crate::LocalSources;

    #[test]
    fn what_can_never_be_built_is_told_with_the_part_that_is_to_be_mended() {
        let good =
            "part / --size=64\nrepo --name=r --baseurl=http://repo.example/@R@\n%packages\nbusybox\n%end\n";
        let foreseen = |image_type: &str, kickstart: &str, options: &[&str]| {
            let request = BuildRequest {
                tokens: vec![("R".into(), "1".into())],
                extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
                ..build_request(
                    image_type.parse().unwrap(),
                    &format!("{kickstart}%packages\nbusybox\n%end\n"),
                )
            };
            foresee(&request, &Reach { local_sources: LocalSources::Only(vec![]), ..Reach::default() })
        };
        assert_eq!(foreseen("raw", good, &["--strict"]), Ok(()));
        for (image_type, kickstart, options, part, words) in [
            ("raw", "part / --size=64\n", &[][..], Part::Kickstart, "names no repository"),
            (
                "fs",
                "part / --size=64\nrepo --name=r --baseurl=javascript:x\n",
                &[],
                Part::Kickstart,
                "(line 2)",
            ),
            (
                "fs",
                "part / --size=64\nrepo --name=r --baseurl=file:///etc\n",
                &[],
                Part::Kickstart,
                "local_sources",
            ),
            (
                "raw",
                "part /a --size=9\nrepo --name=r --baseurl=http://r/\n",
                &[],
                Part::Kickstart,
                "no `part` line is for `/`",
            ),
            ("raw", good, &["--outdir=/etc"], Part::Options, "does not take --outdir"),
            ("raw", good, &["--teleport"], Part::Options, "has no option `--teleport`"),
            ("nand", good, &[], Part::Type, "only made by mic"),
        ] {
            let (about, why) = foreseen(image_type, kickstart, options).unwrap_err();
            assert!(about == part && why.contains(words), "{words}: {about:?} {why}");
        }
    }
}
