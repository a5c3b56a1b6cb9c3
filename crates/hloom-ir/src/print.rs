//! The printed form of programs, used by people and by golden tests. Knows nothing about HLO.

use std::fmt;

use crate::{NodeId, Op, Program};

impl fmt::Display for Program {
    /// One node a line, `%id = op(operands) {parameters} : type`, then the outputs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, f, 0)
    }
}

/// Writes a program, and after each operation the regions it runs, two columns further in.
fn write(program: &Program, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
    for id in program.graph.ids() {
        let node = &program.graph[id];
        let (name, operands, parameters) = (node.op.name(), Operands(&node.operands), Parameters(&node.op));
        writeln!(f, "{:indent$}{id:?} = {name}({operands}){parameters} : {}", "", node.ty)?;
        for (idx, region) in node.op.regions().into_iter().enumerate() {
            writeln!(f, "{:indent$}  region {idx}:", "")?;
            write(region.program(), f, indent + 4)?;
        }
    }
    writeln!(f, "{:indent$}return {}", "", Operands(&program.outputs))
}

struct Operands<'a>(&'a [NodeId]);

impl fmt::Display for Operands<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, id) in self.0.iter().enumerate() {
            if idx > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{id:?}")?;
        }
        Ok(())
    }
}

/// What of an operation its name, operands and type do not tell.
struct Parameters<'a>(&'a Op);

impl fmt::Display for Parameters<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_parameters(f)
    }
}
