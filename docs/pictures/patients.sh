#!/bin/sh
# Makes the pictures of docs/patients.md: docs/pictures/patients.sh CHEST ABDOMEN [FOLDER]
# CHEST and ABDOMEN are the CTs named in docs/image-quality.md, FOLDER takes the single pictures.
# Called in the repository's root after a build; needs ImageMagick. SPACING: voxels of the built-in patients [mm].
set -eu
fluorolab=build/release/fluorolab
to=docs/pictures
work=${3:-build/pictures}
spacing=${SPACING:-1}
mkdir -p "$work"
people="adult-male adult-female obese-adult elderly-osteoporotic"

views() { # NAME PATIENT OPTIONS: AP, lateral and LAO 45, without noise, as they leave the detector otherwise
    name=$1
    shift
    for view in "ap 0" "lateral 90" "oblique 45"; do
        "$fluorolab" render "$@" --lao "${view#* }" --noise off --size 600 -o "$work/$name-${view% *}.png"
    done
}

sheet() { # OUT NAME...: one row of three views for each
    out=$1
    shift
    files=
    for name in "$@"; do files="$files $work/$name-ap.png $work/$name-lateral.png $work/$name-oblique.png"; done
    # shellcheck disable=SC2086
    montage $files -tile 3x -geometry 330x330+3+3 -background white -colorspace gray -quality 82 -strip "$to/$out.jpg"
}

# A chest radiograph is taken with a full breath held, and so was the CT.
breath="--inspiration 45"
# From as far as a chest stand, so that apices, recesses and skin are in the field.
chest_beam="--sid 1800 --sod 1550 --kv 85 --copper 0.2"
spine_beam="--sid 1100 --fov 330 --kv 80 --copper 0.1"
neck_beam="--sid 1100 --fov 280 --kv 70 --copper 0.1"
# shellcheck disable=SC2086
for who in $people; do
    "$fluorolab" phantom "$who" --region trunk --spacing "$spacing" -o "$work/trunk.fluoro"
    case $who in obese-adult) field=560 ;; *) field=480 ;; esac
    views "$who-chest" "$work/trunk.fluoro" $chest_beam --fov $field $breath --target heart-centre
    views "$who-spine" "$work/trunk.fluoro" $spine_beam --target L2
    # Head and neck without the shoulders, which would lie before the neck in a lateral view.
    "$fluorolab" phantom "$who" --region head --spacing "$spacing" -o "$work/head.fluoro"
    views "$who-neck" "$work/head.fluoro" $neck_beam --target C4
done
"$fluorolab" import "$1" --remove-couch -o "$work/chest.fluoro"
"$fluorolab" import "$2" -o "$work/abdomen.fluoro"
# shellcheck disable=SC2086
views ct-chest "$work/chest.fluoro" $chest_beam --fov 480
# shellcheck disable=SC2086
views ct-spine "$work/abdomen.fluoro" $spine_beam
for part in chest spine; do
    files=ct-$part
    for who in $people; do files="$files $who-$part"; done
    # shellcheck disable=SC2086
    sheet "patients-$part" $files
done
files=
for who in $people; do files="$files $who-neck"; done
# shellcheck disable=SC2086
sheet patients-neck $files
