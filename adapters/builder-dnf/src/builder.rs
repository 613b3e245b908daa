//! The builder: a plan, then its steps.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use child::{Met, Pen, Pens, Place};
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Made, Watch};

use crate::foreign;
use crate::gauge;
use crate::halt::Halt;
use crate::limits::Limits;
use crate::plan::{self, Form, Plan};
use crate::reach::{self, Reach};
use crate::room;
use crate::steps;
use crate::steps::installed::Census;
use crate::workshop::{Allowed, Workshop};

/// Makes images of every type but those of flash memory.
pub struct DnfBuilder {
    place: Box<dyn Place>,
    cache: PathBuf,
    memory: u8,
    reach: Reach,
    limits: Limits,
}

/// So many percent of the free memory the files of a build may take, unless told otherwise.
const MEMORY: u8 = 50;

impl std::fmt::Debug for DnfBuilder {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("DnfBuilder").field("cache", &self.cache).finish_non_exhaustive()
    }
}

impl DnfBuilder {
    /// Makes a builder whose tools run at `place`, and which keeps downloaded packages below `cache`.
    ///
    /// Several builders may share a cache; scripts of packages and kickstarts cannot change it.
    pub fn new(place: Box<dyn Place>, cache: PathBuf) -> DnfBuilder {
        DnfBuilder { place, cache, memory: MEMORY, reach: Reach::default(), limits: Limits::default() }
    }

    /// Has the files of a build be in memory where they are planned to take at most so many percent of what is free; with
    /// 0 they never are.
    #[must_use]
    pub fn in_memory(self, memory: u8) -> DnfBuilder {
        DnfBuilder { memory, ..self }
    }

    /// Lets builds reach no more than this.
    #[must_use]
    pub fn reaching(self, reach: Reach) -> DnfBuilder {
        DnfBuilder { reach, ..self }
    }

    /// Lets each build take no more than this.
    #[must_use]
    pub fn within(self, limits: Limits) -> DnfBuilder {
        DnfBuilder { limits, ..self }
    }

    /// Makes the control group of a build; without one a build goes on, because a warning said so at the start.
    fn pen(&self) -> Option<Pen> {
        let most = &self.limits.most;
        most.is_limited().then(|| Pens::find().ok()?.pen(most).ok()).flatten()
    }

    /// Refuses a plan for which the site, or this machine, does not let enough be reached.
    async fn check_reach(&self, plan: &Plan) -> Result<(), Halt> {
        self.reach.check(&plan.sources).map_err(Halt::Failed)?;
        self.reach.check_names(&plan.sources, &reach::own_addresses()).await.map_err(Halt::Failed)?;
        let scripts = [&plan.before, &plan.after, &plan.pack].iter().any(|programs| !programs.is_empty());
        let of_scripts = scripts.then(|| self.reach.scripts.clone());
        for network in of_scripts.into_iter().chain([self.reach.of_dnf(&plan.sources)]) {
            let checked = self.place.check_network(&network);
            checked.map_err(|why| Halt::Broken(BuilderError::new("give builds their network", why)))?;
        }
        Ok(())
    }

    async fn make(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Made, Halt> {
        match self.attempt(request, watch, self.memory).await {
            Err(Halt::Crowded) => self.attempt(request, watch, 0).await,
            made => made,
        }
    }

    async fn attempt(&self, request: &BuildRequest, watch: &dyn Watch, memory: u8) -> Result<Made, Halt> {
        watch.step(&imaging::Step { name: "planning".into(), done_of: None });
        let request = &plan::with_tokens(request).map_err(Halt::Failed)?;
        let plan = plan::plan(request).map_err(Halt::Failed)?;
        foreign::check(self.place.as_ref(), request.arch).await?;
        steps::tools::check(&plan, request.arch)?;
        steps::creation::check(request)?;
        self.check_reach(&plan).await?;
        let free = room::free(&request.folder);
        room::check(room::needed(0, 1), &self.limits, free, &request.folder).map_err(Halt::Failed)?;
        let pen = self.pen();
        let allowed = Allowed { limits: &self.limits, pen: pen.as_ref(), largest: plan.form.least_bytes() };
        let opened = Workshop::open(self.place.as_ref(), &self.reach, allowed, request, plan.epoch, watch);
        let shop = opened.await?;
        let made = tokio::select! {
            biased;
            made = self.carry_out(plan, &shop, memory) => made,
            // what still runs is killed with the steps that are dropped here
            too_much = gauge::watch(&shop, &self.limits, pen.as_ref()) => Err(too_much),
        };
        // files in memory count for the limit of the memory, and may fit on the disk
        let made = match pen.as_ref().and_then(Pen::met) {
            Some(Met::Memory) if shop.is_in_memory() => Err(Halt::Crowded),
            _ => self.explain(made.map_err(|halt| shop.crowded(halt)), pen.as_ref()),
        };
        let made = made.map_err(|halt| shop.explained(halt));
        let withdrawn = if made.is_err() { shop.withdraw().await } else { Ok(()) };
        pen.iter().for_each(Pen::kill);
        let closed = shop.close().await;
        let made = made?;
        withdrawn.and(closed)?;
        Ok(made)
    }

    /// Says which limit ended a build.
    fn explain(&self, made: Result<Made, Halt>, pen: Option<&Pen>) -> Result<Made, Halt> {
        match (pen.and_then(Pen::met), made) {
            // also when only a script was killed whose failure does not count
            (Some(Met::Memory), _) => Err(Halt::Failed(self.limits.too_little_memory())),
            (Some(Met::Processes), Err(Halt::Failed(why))) if !why.contains("process_limit") => {
                match self.limits.too_few_processes() {
                    Some(more) => Err(Halt::Failed(format!("{why}; {more}"))),
                    None => Err(Halt::Failed(why)),
                }
            }
            (_, made) => made,
        }
    }

    async fn carry_out(&self, mut plan: Plan, shop: &Workshop<'_>, memory: u8) -> Result<Made, Halt> {
        plan.warnings.iter().for_each(|warning| shop.note(&format!("warning: {warning}")));
        steps::scripts::run(shop, &plan.before, plan.strict, &mut plan.warnings).await?;
        steps::packages::install(shop, &mut plan, &self.cache, self.place.as_ref(), memory).await?;
        let census = Census::take(shop).await?;
        let known = plan.warnings.len();
        steps::settings::apply(shop, &mut plan).await?;
        plan.strictly(known).map_err(Halt::Failed)?;
        steps::scripts::run(shop, &plan.after, plan.strict, &mut plan.warnings).await?;
        steps::locales::check(shop, &mut plan).await?;
        steps::attached::copy(shop, &mut plan).await?;
        steps::kernels::copy(shop, &mut plan).await?;
        let census = census.again(shop).await?;
        steps::recorded::lists(shop, &mut plan, &census.packages).await?;
        steps::same::bases(shop).await?;
        let files = match &plan.form.clone() {
            Form::Fs(pack) => steps::archive::pack(shop, pack).await?,
            Form::Loop(layout) => steps::volumes::images(shop, layout, plan.shrink).await?,
            Form::Disks(layout, format) => {
                let disks = steps::disk::write(shop, layout, &mut plan).await?;
                steps::convert::convert(shop, disks, *format, &plan.uuids).await?
            }
            Form::Live(medium) => steps::live::write(shop, medium, &mut plan).await?,
        };
        let files = steps::wrapped::wrap(shop, plan.wrap.as_ref(), files).await?;
        steps::publish::gather(shop, &files)?;
        steps::scripts::run(shop, &plan.pack, plan.strict, &mut plan.warnings).await?;
        steps::creation::run(shop, &files).await?;
        let image_file = steps::publish::publish(shop, &plan, &files, &census.packages).await?;
        Ok(Made { image_file, warnings: plan.warnings })
    }
}

#[async_trait]
impl ImageBuilder for DnfBuilder {
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError> {
        match self.make(request, watch).await {
            Ok(made) => Ok(Build::Made(made)),
            Err(halt) => halt.into_answer(),
        }
    }

    async fn sweep(&self, folder: &Path) -> Result<(), BuilderError> {
        self.place.remove(folder).await.map_err(|error| BuilderError::new("remove what a build left", error))
    }
}
