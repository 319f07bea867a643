#include "throat_form.hpp"

namespace fluoro {

ThroatForm throat_form(BodyPlan const& plan)
{
    ThroatForm t;
    t.head = head_form(plan);
    t.neck = neck_form(plan);
    double const h = t.head.size, n = t.neck.scale;
    auto const in_head = [&](double back, double up, double side, double other) {
        return SweepSection{t.head.at(0, back, up), h * side, h * other};
    };
    auto const in_neck = [&](double level, double ahead, double side, double other) {
        return SweepSection{t.neck.at(level, 0, ahead), n * side, n * other};
    };
    SweepSection const fauces = in_neck(2.35, 12.5, 13, 7), inlet = in_neck(3.15, 11, 15, 6.5);
    SweepSection sphincter = in_neck(6.45, 7.5, 8, 1.2);
    sphincter.at_mm = plan.place("upper-sphincter");
    t.mouth = {in_head(-109, -31.5, 18, 1.4), in_head(-97, -32.5, 7, 1.2),  in_head(-88, -24, 9, 1.3),
               in_head(-76, -12.5, 11, 1.4),  in_head(-60, -9.5, 12, 1.5),  in_head(-45, -12.3, 12, 1.7),
               in_head(-35.5, -22, 12, 1.9),  in_head(-29.5, -33, 11, 2.3), fauces};
    t.mouth_filled_mm = {4, 4, 9, 11, 11, 10, 8, 8, 9};
    t.nasopharynx = {in_head(-48, 12, 14, 11), in_head(-33, 7, 15.5, 10), in_neck(1.25, 17, 15, 7),
                     in_neck(1.8, 13, 14, 5.7), fauces};
    t.oropharynx = {fauces, in_neck(2.75, 12, 15, 7), inlet};
    t.oropharynx_filled_mm = {9, 11, 11};
    t.hypopharynx = {inlet,
                     in_neck(3.55, 9.3, 15, 4.4),
                     in_neck(3.95, 7.8, 14, 2.8),
                     in_neck(4.4, 7.0, 13, 1.4),
                     in_neck(5.0, 6.8, 11, 1.2),
                     in_neck(5.7, 7, 9, 1.2),
                     sphincter};
    t.hypopharynx_filled_mm = {11, 11, 10, 9, 8, 7, 4};
    t.larynx = {in_neck(3.15, 11, 12, 6.5),  in_neck(3.65, 16.5, 9, 8),    in_neck(4.25, 21.5, 7, 8.5),
                in_neck(4.7, 24.5, 3, 9.5),  in_neck(5.1, 25.5, 2.2, 9.8), in_neck(5.4, 25, 4.6, 9),
                in_neck(5.75, 24, 7.4, 8.4), in_neck(6.2, 23.3, 8.4, 8.2)};
    t.lips = t.mouth.front().at_mm;
    t.fauces = fauces.at_mm;
    t.laryngeal_inlet = inlet.at_mm;
    t.upper_sphincter = sphincter.at_mm;
    return t;
}

} // namespace fluoro
