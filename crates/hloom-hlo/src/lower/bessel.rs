//! Bessel functions. Knows real floats only.

use crate::value::Value;

/// The modified Bessel function of the first kind of order 0.
///
/// Its Chebyshev series are for magnitudes up to 8 and beyond; each element is computed with the coefficients of its own,
/// in its dtype and in NumPy's order of operations.
///
/// **Source**: [`i0.c`](https://www.netlib.org/cephes/) of the Cephes library, as NumPy has it.
pub(super) fn i0(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let is_small = size.at_most(8.0);
    let at = is_small.select(size / 2.0 - 2.0, size.like(32.0) / size - 2.0);
    let (mut last, mut before) = (at.like(0.0), at.like(0.0));
    let mut before_that = before;
    for [small, large] in SERIES {
        before_that = before;
        before = last;
        let coefficient = is_small.select(at.like(small), large);
        last = at * before - before_that + coefficient;
    }
    let series = (last - before_that) * 0.5;
    let product = size.exp() * series;
    is_small.select(product, product / size.sqrt())
}

/// The coefficients of both series. The second is shorter, and begins with zeros.
const SERIES: [[f64; 2]; 30] = [
    [-4.415_341_646_479_339_5e-18, 0.0],
    [3.330_794_518_822_238_4e-17, 0.0],
    [-2.431_279_846_547_955e-16, 0.0],
    [1.715_391_285_555_133e-15, 0.0],
    [-1.168_533_287_799_345_1e-14, 0.0],
    [7.676_185_498_604_936e-14, -7.233_180_487_874_754e-18],
    [-4.856_446_783_111_929e-13, -4.830_504_485_944_182e-18],
    [2.955_052_663_129_64e-12, 4.465_621_420_296_76e-17],
    [-1.726_826_291_441_556e-11, 3.461_222_867_697_461e-17],
    [9.675_809_035_373_237e-11, -2.827_623_980_516_583_6e-16],
    [-5.189_795_601_635_263e-10, -3.425_485_619_677_219e-16],
    [2.659_823_724_682_386_6e-9, 1.772_560_133_056_526_3e-15],
    [-1.300_025_009_986_248e-8, 3.811_680_669_352_622_4e-15],
    [6.046_995_022_541_919e-8, -9.554_846_698_828_307e-15],
    [-2.670_793_853_940_612e-7, -4.150_569_347_287_222e-14],
    [1.117_387_539_120_103_7e-6, 1.540_086_217_521_41e-14],
    [-4.416_738_358_458_750_5e-6, 3.852_778_382_742_142_6e-13],
    [1.644_844_807_072_889_6e-5, 7.180_124_451_383_666e-13],
    [-5.754_195_010_082_104e-5, -1.794_178_531_506_806_2e-12],
    [0.000_188_502_885_095_841_65, -1.321_581_184_044_771_3e-11],
    [-0.000_576_375_574_538_582_4, -3.149_916_527_963_241_6e-11],
    [0.001_639_475_616_941_335_7, 1.188_914_710_784_643_9e-11],
    [-0.004_324_309_995_050_576, 4.940_602_388_224_97e-10],
    [0.010_546_460_394_594_998, 3.396_232_025_708_386_5e-9],
    [-0.023_737_414_805_899_47, 2.266_668_990_498_178e-8],
    [0.049_305_284_239_670_71, 2.048_918_589_469_063_8e-7],
    [-0.094_901_097_048_047_64, 2.891_370_520_834_756_7e-6],
    [0.171_620_901_522_208_77, 6.889_758_346_916_825e-5],
    [-0.304_682_672_343_198_4, 0.003_369_116_478_255_694_3],
    [0.676_795_274_409_476_1, 0.804_490_411_014_108_8],
];
