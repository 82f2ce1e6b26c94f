"""The step runtime: runs one attempt of one step from a folder (docs/contracts.md, section 1).

It needs Python 3.9 or newer and nothing else: no network, no credentials, no service of ours. Where IPython is
installed the cells run through it, as they do in Jupyter.
"""
