//! Loops and choices, which run programs of their own, and what takes several results apart.

use std::fmt;

use smallvec::{SmallVec, smallvec};

use crate::{DType, Error, Result, Type};

use super::{Facts, Region, Results, Types, Work, declared, exactly, one, several};

/// An operation that runs regions, or takes its results.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// The state that a body leaves once a condition does not hold for it. The operands are the state at the
    /// beginning and what the loop reads beside it; several results, the state.
    While(Box<While>),
    /// What one of some branches computes. The first operand, a 0-d int32 or bool, chooses; the others are the
    /// branches' inputs. Several results. Numbers that name no branch choose the last.
    Switch(Box<Switch>),
    /// One result of an operation that has several; declared type.
    Part {
        /// Which.
        idx: usize,
    },
}

/// The static part of an [`Control::While`]. Both regions take the state, then what the loop reads and does not
/// change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct While {
    /// Whether to go on: one 0-d bool.
    pub condition: Region,
    /// The next state.
    pub body: Region,
}

/// The static part of an [`Control::Switch`]. All branches take the same inputs and yield the same types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Switch {
    /// What is computed for 0, 1, …; for a bool, for false and for true.
    pub branches: Vec<Region>,
}

impl Control {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        const RUN: Facts = Facts { results: Results::Several, ..Facts::WRITTEN };
        match self {
            Control::While(_) => Facts { name: "while", work: Work::AllRegions, ..RUN },
            Control::Switch(_) => Facts { name: "switch", work: Work::OneRegion, ..RUN },
            Control::Part { .. } => Facts { name: "part", work: Work::None, ..Facts::WRITTEN },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type], given: Option<&Type>) -> Result<Types> {
        match self {
            Control::While(parts) => infer_while(operands, parts),
            Control::Switch(parts) => infer_switch(operands, parts),
            // The operand's node has the type of its first result; the verifier compares the others.
            Control::Part { .. } => {
                let [_] = exactly("part", operands)?;
                one(declared("part", given).cloned())
            }
        }
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Control::While(_) | Control::Switch(_) => Ok(()),
            Control::Part { idx } => write!(f, " {{idx={idx}}}"),
        }
    }

    /// The operation with other regions in the place of its own.
    pub(super) fn with_regions(&self, mut f: impl FnMut(&Region) -> Region) -> Control {
        match self {
            Control::While(parts) => {
                Control::While(Box::new(While { condition: f(&parts.condition), body: f(&parts.body) }))
            }
            Control::Switch(parts) => {
                Control::Switch(Box::new(Switch { branches: parts.branches.iter().map(f).collect() }))
            }
            Control::Part { idx } => Control::Part { idx: *idx },
        }
    }

    /// The programs that the operation runs; for a loop the condition, then the body.
    pub(super) fn regions(&self) -> SmallVec<[&Region; 2]> {
        match self {
            Control::While(parts) => smallvec![&parts.condition, &parts.body],
            Control::Switch(parts) => parts.branches.iter().collect(),
            Control::Part { .. } => SmallVec::new(),
        }
    }
}

fn infer_while(operands: &[&Type], parts: &While) -> Result<Types> {
    let state = parts.body.results();
    takes("while", &parts.condition, operands)?;
    takes("while", &parts.body, operands)?;
    let condition = parts.condition.results();
    if condition != [Type::scalar(DType::Bool)] {
        return Err(Error::internal(format!("while: expected a 0-d bool as condition, got {}", Listed(&condition))));
    }
    if state.len() > operands.len() || state.iter().zip(operands).any(|(next, operand)| next != *operand) {
        return Err(Error::internal(format!("while: the body yields {}, expected the state", Listed(&state))));
    }
    several("while", state)
}

fn infer_switch(operands: &[&Type], parts: &Switch) -> Result<Types> {
    let [index, inputs @ ..] = operands else {
        return Err(Error::internal("switch: expected an index"));
    };
    let Some(results) = parts.branches.first().map(Region::results) else {
        return Err(Error::internal("switch: expected at least one branch"));
    };
    let chooses =
        **index == Type::scalar(DType::I32) || **index == Type::scalar(DType::Bool) && parts.branches.len() == 2;
    if !chooses {
        return Err(Error::internal(format!("switch: {index} does not choose one of {}", parts.branches.len())));
    }
    for branch in &parts.branches {
        takes("switch", branch, inputs)?;
        if branch.results() != results {
            return Err(Error::internal(format!(
                "switch: branches yield {} and {}",
                Listed(&results),
                Listed(&branch.results())
            )));
        }
    }
    several("switch", results)
}

fn takes(name: &str, region: &Region, operands: &[&Type]) -> Result<()> {
    let inputs = region.inputs();
    if !region.program().scalars.is_empty() {
        return Err(Error::internal(format!("{name}: a region has scalars")));
    }
    if inputs.iter().ne(operands.iter().copied()) {
        return Err(Error::internal(format!("{name}: a region takes {}, which are not the operands", Listed(&inputs))));
    }
    Ok(())
}

struct Listed<'a>(&'a [Type]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (idx, ty) in self.0.iter().enumerate() {
            let separator = if idx > 0 { ", " } else { "" };
            write!(f, "{separator}{ty}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Binary;
    use crate::op::region::tests::region;

    #[test]
    fn a_loop_keeps_the_types_of_its_state() {
        let (narrow, wide) = (Type::scalar(DType::F32), Type::scalar(DType::F64));
        let parts = |body| While { condition: region(Binary::Less, &narrow), body };
        let legal = Control::While(Box::new(parts(region(Binary::Add, &narrow))));
        assert_eq!(legal.infer(&[&narrow], None).unwrap()[..], *std::slice::from_ref(&narrow));
        assert!(legal.infer(&[&wide], None).is_err());
        assert!(Control::While(Box::new(parts(region(Binary::Add, &wide)))).infer(&[&narrow], None).is_err());
        let condition = region(Binary::Add, &narrow);
        let no_bool = Control::While(Box::new(While { condition, body: region(Binary::Add, &narrow) }));
        assert!(no_bool.infer(&[&narrow], None).unwrap_err().message.contains("expected a 0-d bool"));
    }

    #[test]
    fn branches_agree() {
        let ty = Type::scalar(DType::F32);
        let (index, truth) = (Type::scalar(DType::I32), Type::scalar(DType::Bool));
        let switch = |branches: &[Binary]| {
            Control::Switch(Box::new(Switch { branches: branches.iter().map(|&op| region(op, &ty)).collect() }))
        };
        let two = switch(&[Binary::Add, Binary::Multiply]);
        assert_eq!(two.infer(&[&index, &ty], None).unwrap()[..], *std::slice::from_ref(&ty));
        assert_eq!(two.infer(&[&truth, &ty], None).unwrap()[..], *std::slice::from_ref(&ty));
        assert!(switch(&[Binary::Add]).infer(&[&truth, &ty], None).is_err());
        assert!(switch(&[Binary::Add, Binary::Less]).infer(&[&truth, &ty], None).is_err());
        assert!(switch(&[]).infer(&[&index, &ty], None).is_err());
        assert!(two.infer(&[], None).is_err());
    }
}
