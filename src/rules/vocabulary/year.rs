//! Words of the year, its months and the agency.

use std::collections::BTreeSet;

use rhai::Array;
use rhai::plugin::*;

use super::{Many, register_many};
use crate::agency::Agency;
use crate::year::{FiscalYear, Month};

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<FiscalYear>("Year")
        .register_type_with_name::<Agency>("Agency")
        .register_global_module(rhai::exported_module!(words).into());
    register_many::<Months>(engine, "Months");
}

/// A set of months.
#[derive(Clone)]
pub(super) struct Months(pub(super) BTreeSet<Month>);

impl Many for Months {
    fn count(&self) -> usize {
        self.0.len()
    }
}

#[export_module]
mod words {
    /// ปีก่อนหน้า
    #[rhai_fn(get = "previous", pure)]
    pub fn previous(year: &mut FiscalYear) -> FiscalYear {
        FiscalYear::previous(*year)
    }

    /// ปีถัดไป
    #[rhai_fn(get = "next", pure)]
    pub fn next(year: &mut FiscalYear) -> FiscalYear {
        FiscalYear::next(*year)
    }

    /// ตุลาคมถึงมีนาคม
    #[rhai_fn(get = "first_half", pure)]
    pub fn first_half(year: &mut FiscalYear) -> Months {
        Months(FiscalYear::first_half(*year).into_iter().collect())
    }

    /// สิบสองเดือนของปีงบประมาณ
    #[rhai_fn(get = "months", pure)]
    pub fn months(year: &mut FiscalYear) -> Months {
        Months(FiscalYear::months(*year).into_iter().collect())
    }

    /// ปีเป็นตัวเลข
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn digits(year: &mut FiscalYear) -> String {
        year.to_string()
    }

    /// ปีเดียวกัน
    #[rhai_fn(name = "==")]
    pub fn same(one: FiscalYear, other: FiscalYear) -> bool {
        one == other
    }

    /// เดือนที่ขาด เช่น site.year.months - found.months
    #[rhai_fn(name = "-")]
    pub fn without(wanted: Months, there: Months) -> Months {
        Months(wanted.0.difference(&there.0).copied().collect())
    }

    /// ชื่อเดือนเรียงตามเวลา คั่นด้วยจุลภาค
    #[rhai_fn(get = "names", pure)]
    pub fn names(months: &mut Months) -> String {
        let names: Vec<String> = months.0.iter().map(Month::to_string).collect();
        names.join(", ")
    }

    /// ชื่อเต็มของหน่วยงาน
    #[rhai_fn(get = "name", pure)]
    pub fn name(agency: &mut Agency) -> String {
        agency.name.clone()
    }

    /// เป็นองค์กรปกครองส่วนท้องถิ่น
    #[rhai_fn(get = "is_local", pure)]
    pub fn is_local(agency: &mut Agency) -> bool {
        agency.kind.is_local()
    }

    /// ชื่อตำแหน่งผู้บริหารสูงสุดของหน่วยงานประเภทนี้
    #[rhai_fn(get = "head_titles", pure)]
    pub fn head_titles(agency: &mut Agency) -> Array {
        let titles = agency.kind.head_titles().iter();
        titles.map(|&title| title.into()).collect()
    }
}
