#include "stomach.hpp"

#include "wall_film.hpp"

#include <algorithm>
#include <cmath>

namespace fluoro {

namespace {

constexpr double box_mm = 4, reach_mm = 32;
constexpr double settle_every_s = 0.1;
constexpr double granules_s = 10;         ///< mean time until their gas is free: 95 % within 30 s
constexpr double half_life_s = 900;       ///< of a liquid in the stomach: 10 to 20 min (typical)
constexpr double resting_pa = 400;        ///< 3 mmHg above the chest
constexpr double comfortable_mm3 = 1.2e6; ///< beyond which its wall presses
constexpr double full_pa_per_l = 4000;    ///< 30 mmHg per litre
constexpr double usual_room_mm3 = 3e5;    ///< of one that the CT does not show

/// Ids of the label map: of built-in patients and of TotalSegmentator.
constexpr std::uint16_t gastric_lumen = 1070, stomach = 6;
bool gives_way(std::uint16_t label)
{
    // Wall, fat, bowel with its gas and content, muscle of the diaphragm and belly wall excepted.
    for (std::uint16_t soft : {stomach, std::uint16_t{18}, std::uint16_t{20}, std::uint16_t{1003}, std::uint16_t{1073},
                               std::uint16_t{1084}, std::uint16_t{1085}})
        if (label == soft) return true;
    return false;
}

std::shared_ptr<HollowVoxels const> hollow_of(Patient const& patient)
{
    bool const has_lumen = std::ranges::find(patient.labels, gastric_lumen) != patient.labels.end();
    std::uint16_t const own = has_lumen ? gastric_lumen : stomach;
    return std::make_shared<HollowVoxels const>(
        hollow_voxels(patient, box_mm, reach_mm, [own](std::uint16_t label, Vec3 const&) {
            return label == own ? VoxelPart::hollow : gives_way(label) ? VoxelPart::gives_way : VoxelPart::outside;
        }));
}

Vec3 node_at(Patient const& patient, char const* name)
{
    auto const node = patient.lumens.gut.find_node(name);
    return node ? patient.lumens.gut.nodes_mm[std::size_t(*node)] : Vec3{0};
}

} // namespace

Stomach::Stomach(Patient const& patient) : hollow_{hollow_of(patient)}, waves_{patient.lumens.gut, *hollow_}
{
    if (!has_picture()) {
        juice_mm3_ = usual_room_mm3;
        return;
    }
    places_ = hollow_places(*hollow_);
    fill_.emplace(hollow_, 2);
    cardia_ = hollow_->nearest(node_at(patient, "cardia"), hollow_->inside);
    pylorus_ = hollow_->nearest(node_at(patient, "pylorus"), hollow_->inside);
    room_up_to_mm3_.resize(std::size_t(hollow_->count()));
    for (int i = 0; i < hollow_->inside; ++i) {
        auto const box = std::size_t(i);
        double const juice = double(hollow_->room_mm3[box]) - double(hollow_->air_mm3[box]);
        fill_->pour(1, i, juice);
        juice_mm3_ += juice;
        gas_mm3_ += double(hollow_->air_mm3[box]);
    }
    film_mm3_.assign(std::size_t(hollow_->count()), 0);
    for (auto* layers : {&before_, &now_})
        for (auto& shares : *layers) shares.assign(std::size_t(hollow_->count()), 0);
}

void Stomach::receive(Portion const& portion)
{
    gas_mm3_ += portion.gas_mm3;
    Portion liquid = portion;
    liquid.gas_mm3 = 0;
    barium_ += liquid;
    if (fill_ && liquid.liquid_mm3 > 0) fill_->pour(0, cardia_, liquid.liquid_mm3);
}

void Stomach::give(Portion const& portion)
{
    gas_mm3_ -= portion.gas_mm3;
    Portion liquid = portion;
    liquid.gas_mm3 = 0;
    barium_ -= liquid;
    if (fill_ && liquid.liquid_mm3 > 0) fill_->drain(0, liquid.liquid_mm3);
}

Portion Stomach::at_cardia(double most_mm3) const
{
    double const loose = barium_.liquid_mm3 - film_total_mm3_;
    double const wet = fill_ ? fill_->share(1, cardia_) : 0, white = fill_ ? fill_->share(0, cardia_) : 0;
    if (wet < 0.5) return {0, std::min(most_mm3, gas_mm3_), 0, 0};
    if (white < 0.3 || loose <= 0) return {};
    return barium_ * (std::min(most_mm3, loose) / barium_.liquid_mm3);
}

Portion Stomach::let_through()
{
    Portion const own = through_;
    through_ = {};
    return own;
}

void Stomach::advance(double dt_s, Vec3 const& down, AntralHabit const& antrum)
{
    double const freed = -std::expm1(-dt_s / granules_s) * granules_mm3_;
    granules_mm3_ -= freed;
    gas_mm3_ += freed;
    since_settled_s_ += dt_s;
    if (since_settled_s_ < settle_every_s - 1e-9) return;
    double const passed = std::min(since_settled_s_, 2 * settle_every_s);
    since_settled_s_ = 0;

    // A stomach that has been given something contracts; the pylorus lets through what stands there, in spurts.
    AntralHabit const resting{antrum.per_min, antrum.mm_s, 0};
    bool const moved = waves_.moves();
    waves_.advance(passed, barium_.liquid_mm3 > 0 ? antrum : resting);
    if (fill_ && (moved || waves_.moves())) fill_->squeeze(waves_.left());
    double const loose = barium_.liquid_mm3 - film_total_mm3_;
    double const stands = fill_ ? std::max(0.1, fill_->share(0, pylorus_)) : 1;
    double const rate = std::numbers::ln2 / half_life_s * waves_.opening() / waves_.open_share();
    double const leaves = std::min(loose, -std::expm1(-passed * rate) * loose * stands);
    if (leaves > 0) {
        Portion const gone = barium_ * (leaves / barium_.liquid_mm3);
        through_ += gone;
        barium_ -= gone;
        if (fill_) fill_->drain(0, leaves);
    }
    pressure_pa_ = resting_pa + std::max(0.0, total_mm3() - comfortable_mm3) * 1e-6 * full_pa_per_l;
    if (!fill_) return;

    fit_room();
    wet_walls(passed);
    // Over a rim as deep as a box runs rho g s^3 / (3 mu) per width, four boxes wide.
    double const viscosity = loose > 0 ? std::exp(barium_.thickness / barium_.liquid_mm3) : 1;
    fill_->settle(down, passed, 1e3 * 15 * std::pow(hollow_->size_mm, 4) * 4 / 3 / std::max(1.0, viscosity));
    pressure_pa_ += 9.80665 * 1.05 * std::clamp(fill_->above_mm(cardia_), 0.0, 400.0);
    keep_picture();
}

/// Boxes as many as its filling needs, at least those of the CT; juice makes up what is missing there.
void Stomach::fit_room()
{
    if (double const missing = hollow_->total_mm3(hollow_->inside) - total_mm3(); missing > 0) {
        juice_mm3_ += missing;
        fill_->pour(1, cardia_, missing);
    }
    double sum = 0;
    for (std::size_t i = 0; i < room_up_to_mm3_.size(); ++i)
        room_up_to_mm3_[i] = sum += double(hollow_->room_mm3[i] * waves_.left()[i]);
    auto const enough = std::ranges::lower_bound(room_up_to_mm3_, total_mm3() * (1 - 1e-12));
    int const boxes = std::clamp(int(enough - room_up_to_mm3_.begin()) + 1, hollow_->inside, hollow_->count());
    // The wall takes its film along.
    for (int i = fill_->boxes(); i < boxes; ++i) {
        auto const box = std::size_t(i), from = std::size_t(hollow_->inward[box]);
        film_mm3_[box] += film_mm3_[from] / 2;
        film_mm3_[from] /= 2;
    }
    for (int i = fill_->boxes() - 1; i >= boxes; --i) {
        auto const box = std::size_t(i);
        film_mm3_[std::size_t(hollow_->inward[box])] += film_mm3_[box];
        film_mm3_[box] = 0;
    }
    fill_->set_boxes(boxes);
}

bool Stomach::is_wall(int box) const
{
    int const* const beside = &hollow_->beside[std::size_t(box) * HollowVoxels::neighbours];
    return std::any_of(beside, beside + HollowVoxels::neighbours,
                       [&](int other) { return other < 0 || other >= fill_->boxes(); });
}

void Stomach::wet_walls(double dt_s)
{
    if (barium_.liquid_mm3 <= 0) return;
    double const viscosity = std::exp(barium_.thickness / barium_.liquid_mm3);
    double const thick = wall_film_mm(viscosity), area = hollow_->size_mm * hollow_->size_mm;
    double const back = -std::expm1(-dt_s / wall_film_life_s);
    film_total_mm3_ = 0;
    for (int i = 0; i < fill_->boxes(); ++i) {
        double& film = film_mm3_[std::size_t(i)];
        double const stands = fill_->share(0, i);
        if (film <= 0 && stands <= 0) continue;
        double const most = is_wall(i) ? thick * area * double(waves_.fold(i)) : 0;
        if (stands > 0.3 && film < most)
            film += fill_->drain_at(0, i, most - film);
        else if (double const given = stands > 0.3 ? 0 : film > most ? film - most : back * film; given > 0) {
            film -= given;
            fill_->pour(0, i, given);
        }
        film_total_mm3_ += film;
    }
}

void Stomach::keep_picture()
{
    for (std::size_t l = 0; l < 2; ++l) {
        std::swap(before_[l], now_[l]);
        for (int i = 0; i < hollow_->count(); ++i)
            now_[l][std::size_t(i)] =
                i < fill_->boxes() ? float(fill_->share(int(l), i)) * waves_.left()[std::size_t(i)] : 0;
    }
    std::swap(before_[2], now_[2]);
    for (std::size_t i = 0; i < now_[2].size(); ++i) now_[2][i] = 1 - waves_.left()[i];
}

Stomach::Shares Stomach::shares(double strongest_mg_mm3) const
{
    Shares all;
    auto const n = std::size_t(hollow_->count());
    for (auto* shares : {&all.barium_in_air, &all.barium_in_tissue, &all.juice_in_air, &all.gas_in_tissue})
        shares->assign(n, 0);
    auto const boxes = std::size_t(fill_->boxes());
    float const fade = float(std::clamp(since_settled_s_ / settle_every_s, 0.0, 1.0));
    float const strength = barium_.liquid_mm3 > 0 && strongest_mg_mm3 > 0
                               ? float(std::min(1.0, barium_.solids_mg / barium_.liquid_mm3 / strongest_mg_mm3))
                               : 0;
    double empty = 0;
    for (std::size_t i = 0; i < boxes; ++i) empty += (1 - taken_share(i, fade)) * double(hollow_->room_mm3[i]);
    // The last box may be larger than what is in it.
    double const full = empty > gas_mm3_ ? gas_mm3_ / empty : 1;
    for (std::size_t i = 0; i < boxes; ++i) {
        float const air = hollow_->air_mm3[i] / hollow_->room_mm3[i];
        // What is no gas: liquid, film, and wall where it has contracted.
        float const wet = float(wet_share(i, fade)), taken = float(taken_share(i, fade)),
                    gas = (1 - taken) * float(full);
        float const film = float(film_mm3_[i] / double(hollow_->room_mm3[i]));
        float const white = std::min(wet, std::lerp(before_[0][i], now_[0][i], fade) + film);
        float const share = taken > 0 ? white / taken : 0;
        float const into_air = std::max(0.0f, air - gas); // liquid where the CT has air
        if (air > 0) {
            all.barium_in_air[i] = strength * share * into_air / air;
            all.juice_in_air[i] = (1 - share) * into_air / air;
        }
        if (air < 1) {
            all.barium_in_tissue[i] = strength * std::clamp((white - share * into_air) / (1 - air), 0.0f, 1.0f);
            all.gas_in_tissue[i] = std::clamp((gas - air) / (1 - air), 0.0f, 1.0f);
        }
    }
    return all;
}

double Stomach::taken_share(std::size_t box, float fade) const
{
    return std::min(1.0, wet_share(box, fade) + double(std::lerp(before_[2][box], now_[2][box], fade)));
}

/// Of a box, liquid and film.
double Stomach::wet_share(std::size_t box, float fade) const
{
    float const white = std::lerp(before_[0][box], now_[0][box], fade);
    float const wet = std::max(white, std::lerp(before_[1][box], now_[1][box], fade));
    return std::min(1.0, double(wet) + film_mm3_[box] / double(hollow_->room_mm3[box]));
}

} // namespace fluoro
