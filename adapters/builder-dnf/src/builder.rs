//! The builder: a plan, then its steps.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use child::Place;
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Made, Watch};

use crate::halt::Halt;
use crate::plan::{self, Form, Plan};
use crate::steps;
use crate::steps::installed::Census;
use crate::workshop::Workshop;

/// Makes images of every type but those of flash memory.
pub struct DnfBuilder {
    place: Box<dyn Place>,
    cache: PathBuf,
    memory: u8,
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
        DnfBuilder { place, cache, memory: MEMORY }
    }

    /// Has the files of a build be in memory where they are planned to take at most so many percent of what is free; with
    /// 0 they never are.
    #[must_use]
    pub fn in_memory(self, memory: u8) -> DnfBuilder {
        DnfBuilder { memory, ..self }
    }

    async fn make(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Made, Halt> {
        match self.attempt(request, watch, self.memory).await {
            Err(Halt::Crowded) => self.attempt(request, watch, 0).await,
            made => made,
        }
    }

    async fn attempt(&self, request: &BuildRequest, watch: &dyn Watch, memory: u8) -> Result<Made, Halt> {
        watch.step(&imaging::Step { name: "planning".into(), done_of: None });
        let plan = plan::plan(request).map_err(Halt::Failed)?;
        steps::tools::check(&plan, request.arch)?;
        let shop = Workshop::open(self.place.as_ref(), request, plan.epoch, watch).await?;
        let made = self.carry_out(plan, &shop, memory).await.map_err(|halt| shop.crowded(halt));
        let closed = shop.close().await;
        let made = made?;
        closed?;
        Ok(made)
    }

    async fn carry_out(&self, mut plan: Plan, shop: &Workshop<'_>, memory: u8) -> Result<Made, Halt> {
        plan.warnings.iter().for_each(|warning| shop.note(&format!("warning: {warning}")));
        steps::scripts::run(shop, &plan.before, &mut plan.warnings).await?;
        steps::packages::install(shop, &mut plan, &self.cache, self.place.as_ref(), memory).await?;
        let census = Census::take(shop).await?;
        let known = plan.warnings.len();
        steps::settings::apply(shop, &mut plan).await?;
        plan.strictly(known).map_err(Halt::Failed)?;
        steps::scripts::run(shop, &plan.after, &mut plan.warnings).await?;
        steps::attached::copy(shop, &mut plan).await?;
        let census = census.again(shop).await?;
        steps::same::bases(shop).await?;
        let files = match &plan.form.clone() {
            Form::Fs(pack) => steps::archive::pack(shop, pack).await?,
            Form::Loop(layout) => steps::volumes::images(shop, layout).await?,
            Form::Disks(layout, format) => {
                let disks = steps::disk::write(shop, layout, &mut plan).await?;
                steps::convert::convert(shop, disks, *format, &plan.uuids).await?
            }
            Form::Live(medium) => steps::live::write(shop, medium, &mut plan).await?,
        };
        steps::publish::gather(shop, &files)?;
        steps::scripts::run(shop, &plan.pack, &mut plan.warnings).await?;
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
