"""The strongest attack: several in turn that drive the confidence up, of which the worst for each image counts.

After Croce and Hein 2020, *Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
attacks* (AutoAttack), whose attacks drive the confidence down.
"""
